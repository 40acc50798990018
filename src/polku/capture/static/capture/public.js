// In a frame: tells the page around it how high the form is, and where to go after it was sent.
const { form, parent: origin, go } = document.body.dataset;

if (origin && window.parent !== window) {
  const tell = (message) => window.parent.postMessage({ polku: form, ...message }, origin);
  const measure = () => tell({ height: Math.ceil(document.querySelector("main").getBoundingClientRect().height) + 4 });
  new ResizeObserver(measure).observe(document.querySelector("main"));
  measure();
  if (go) tell({ go });
}
