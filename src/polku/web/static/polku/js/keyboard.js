// Keys: j/k move in [data-list], enter opens, [data-key] acts on the current row or the page, ? lists them all.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") && !/^(checkbox|radio|submit|button)$/.test(target.type);
const ROW = "[data-list] [data-row], table[data-list] > tbody > tr, :is(ul, ol)[data-list] > li";
const rows = () => [...document.querySelectorAll(ROW)].filter((row) => row.checkVisibility());
const current = () => document.querySelector(".is-current");
let prefix = "";
let prefixTimer = 0;

function select(row) {
  current()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  select(all[next]);
}

function open() {
  const row = current();
  const link = row?.querySelector("a[data-open]") ?? row?.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

function find(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const usable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";
  const onPage = [...document.querySelectorAll(selector)].filter((element) => !element.closest(ROW));
  return [current()?.querySelector(selector), ...onPage].find((element) => element && usable(element));
}

function act(element) {
  if (element.matches("input:not([type=submit], [type=checkbox]), select, textarea")) element.focus();
  else element.click();
}

function label(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || [...element.childNodes]
    .filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ").trim().replace(/\s+/g, " ");
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const list = dialog.querySelector("[data-keys-here]");
  const found = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!found.has(element.dataset.key)) found.set(element.dataset.key, label(element));
  }
  list.replaceChildren(...[...found].map(([key, text]) => {
    const line = document.createElement("div");
    const name = document.createElement("dt");
    name.textContent = text;
    const keys = document.createElement("dd");
    keys.append(...key.split(" ").flatMap((part) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = part;
      return [kbd, " "];
    }));
    line.append(name, keys);
    return line;
  }));
  dialog.showModal();
}

function handle(key) {
  if (key === "?") { help(); return true; }
  if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
  const element = find(key);
  if (element) act(element);
  return Boolean(element);
}

function begins(key) {
  return Boolean(document.querySelector(`[data-key^="${CSS.escape(key)} "]`));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter") {
    if (event.target === current() && open()) event.preventDefault();
    return;
  }
  if (event.key.length !== 1 || event.key === " ") return;
  clearTimeout(prefixTimer);
  const key = prefix ? `${prefix} ${event.key}` : event.key;
  const done = handle(key);
  prefix = "";
  if (!done && begins(key)) {
    prefix = key;
    prefixTimer = setTimeout(() => { prefix = ""; }, 1200);
  }
  if (done || prefix) event.preventDefault();
});

function mark(target) {
  const row = target?.closest(ROW);
  if (row && row !== current()) {
    current()?.classList.remove("is-current");
    row.classList.add("is-current");
  }
}

document.addEventListener("focusin", (event) => mark(event.target));
// A list that was fetched anew keeps its focus, but settles to the classes it was sent with.
document.addEventListener("htmx:afterSettle", () => mark(document.activeElement));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) help();
});
