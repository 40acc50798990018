// Bulk: ticks rows of form[data-bulk], ranges with shift; the bar with what can be done appears with the first tick.
const boxes = (form) => [...form.querySelectorAll("[data-bulk-item]")];
let last = null;

function refresh(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  const bar = form.querySelector("[data-bulk-bar]");
  if (bar) bar.hidden = ticked === 0;
  form.querySelectorAll("[data-bulk-count]").forEach((place) => { place.textContent = ticked.toLocaleString(document.documentElement.lang); });
  const every = form.querySelector("[data-bulk-all]");
  if (every) {
    every.checked = ticked > 0 && ticked === all.length;
    every.indeterminate = ticked > 0 && ticked < all.length;
  }
}

function range(form, box) {
  const all = boxes(form);
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) boxes(form).forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("[data-bulk-item]")) {
    if (event.shiftKey && last) range(form, event.target);
    last = event.target;
  }
  if (event.target.closest("[data-bulk-none]")) boxes(form).forEach((box) => { box.checked = false; });
  refresh(form);
});
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("form[data-bulk]").forEach(refresh));
document.querySelectorAll("form[data-bulk]").forEach(refresh);
