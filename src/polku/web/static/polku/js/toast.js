// Toasts: say what happened and offer to undo it. Sources: Django's messages, the event polku:toast, failed requests.
const box = document.getElementById("toasts");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

function leave(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 250);
}

function arm(toast) {
  let timer = 0;
  const wait = () => { timer = setTimeout(() => leave(toast), toast.matches(".error") || toast.querySelector(".undo") ? 10000 : 5000); };
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("focusout", wait);
  wait();
}

function undoForm(url) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const csrf = document.createElement("input");
  Object.assign(csrf, { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
  const button = document.createElement("button");
  button.className = "undo";
  button.dataset.key = "z";
  button.textContent = box.dataset.undo;
  form.append(csrf, button);
  return form;
}

// An act's answer and the live update that follows it may both carry the message.
const isSaid = (text, undo) => [...box.querySelectorAll(".toast:not(.leaving)")].some((one) =>
  one.firstElementChild.textContent === text && (one.querySelector("form")?.getAttribute("action") ?? "") === undo);

export function say({ text, undo = "", level = "success" }) {
  if (isSaid(text, undo)) return;
  const toast = document.createElement("div");
  toast.className = `toast ${level}`;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (undo && new URL(undo, location.href).origin === location.origin) toast.append(undoForm(undo));
  const close = document.createElement("button");
  close.className = "close";
  close.type = "button";
  close.setAttribute("aria-label", box.dataset.close);
  close.textContent = "×";
  toast.append(close);
  box.append(toast);
  arm(toast);
}

if (box) {
  box.querySelectorAll(".toast").forEach(arm);
  box.addEventListener("click", (event) => {
    if (event.target.closest(".close")) leave(event.target.closest(".toast"));
  });
  document.body.addEventListener("polku:toast", (event) => {
    for (const toast of event.detail.toasts ?? [event.detail]) say(toast);
  });
  document.body.addEventListener("htmx:sendError", () => say({ text: box.dataset.offline, level: "error" }));
  document.body.addEventListener("htmx:responseError", () => say({ text: box.dataset.failed, level: "error" }));
}
