// Forms begun and sent; a form that posts to Polku takes the visitor along. Fields may shadow `form.id`: attributes do not lie.
const begun = new WeakSet();

const actionOf = (element) => new URL(element.getAttribute("action") || "", document.baseURI);
const isSearch = (element) => searches.some((one) => one && element.querySelector('[name="' + one + '"]'));

function countForm(kind, element) {
  if (isSearch(element)) return;
  record(kind, { form: element.getAttribute("id") || element.getAttribute("name") || actionOf(element).pathname });
}

function typed(event) {
  const element = event.target.form;
  if (!element || begun.has(element)) return;
  begun.add(element);
  countForm("form_started", element);
}

// Polku counts the answers of its own forms itself.
function submitted(event) {
  const element = event.target;
  if (!actionOf(element).href.startsWith(base + "/f/")) return countForm("form_sent", element);
  mark(element, "polku_visitor", visitorId());
  mark(element, "polku_site", key);
}

function mark(element, field, text) {
  const input = element.querySelector("input[name=" + field + "]") || element.appendChild(document.createElement("input"));
  input.type = "hidden";
  input.name = field;
  input.value = text;
  if (!level()) input.remove();
}
