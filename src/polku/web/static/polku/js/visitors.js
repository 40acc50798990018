// Visitors: a list that refreshes itself waits while the page is hidden, a popover is open or a text is being marked.
const busy = () => document.hidden || document.querySelector(".reasons:popover-open, .menu:popover-open") || !getSelection().isCollapsed;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-quiet]") && busy()) event.preventDefault();
});
// One lost answer is no news: the next comes in seconds.
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (event.target.matches?.("[data-quiet]")) event.stopPropagation();
  }, true);
}
