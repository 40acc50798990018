// Story: a form that opens takes the cursor; the page asks again only when its own lead changed.
const OPEN = ".acts > details[open]";
const begin = (details) => details?.querySelector("textarea, select, input:not([type=hidden], [type=radio])")?.focus();

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(OPEN)) begin(event.target);
}, true);
begin(document.querySelector(OPEN));

document.body.addEventListener("polku:changed", (event) => {
  const story = document.querySelector("[data-lead]");
  const { kinds = [], lead_ids: leads = [] } = event.detail ?? {};
  if (!story || !(kinds.includes("resumed") || leads.includes(Number(story.dataset.lead)))) return;
  document.getElementById("lead-story")?.dispatchEvent(new CustomEvent("polku:lead"));
});
