// The website's own script: the visitor's choice, and forms that are answered where they stand. Without it all works too.
(function () {
  "use strict";
  var CHOICE = "saumakoski-choice";

  // -- the choice: asked once, told to Polku on every page

  function stored() {
    try { return localStorage.getItem(CHOICE); } catch (error) { return null; }
  }

  function choose(answer) {
    try { localStorage.setItem(CHOICE, answer); } catch (error) { /* asked again on the next page */ }
    window.polku("consent", answer === "yes");
  }

  var note = document.querySelector(".consent");
  var again = document.querySelector("[data-choose]");
  again.hidden = false;
  again.addEventListener("click", function () {
    note.hidden = false;
    note.querySelector("button").focus();
  });
  note.addEventListener("click", function (event) {
    var button = event.target.closest("[data-consent]");
    if (!button) return;
    choose(button.dataset.consent);
    note.hidden = true;
    document.getElementById("main").focus({ preventScroll: true });
  });
  if (stored()) window.polku("consent", stored() === "yes");
  else note.hidden = false;

  // -- forms: sent in place, with Polku's own words as the answer

  function visit(data) {
    var id = typeof window.polku.visitor === "function" ? window.polku.visitor() : "";
    if (!id) return;
    data.set("polku_visitor", id);
    if (window.polku.site) data.set("polku_site", window.polku.site);
  }

  function tell(form, text, isWrong) {
    var answer = form.querySelector(".answer");
    answer.textContent = text;
    answer.classList.toggle("wrong", Boolean(isWrong));
  }

  function clear(form) {
    form.querySelectorAll(".problem").forEach(function (one) { one.remove(); });
    form.querySelectorAll("[aria-invalid]").forEach(function (field) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    });
    tell(form, "");
  }

  function mark(form, error) {
    var field = form.elements[error.field];
    if (!field) return tell(form, error.message, true);
    var text = document.createElement("p");
    text.className = "problem";
    text.id = field.id + "-problem";
    text.textContent = error.message;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", text.id);
    field.after(text);
  }

  function refuse(form, said) {
    (said.errors || []).forEach(function (error) { mark(form, error); });
    if (!said.errors) tell(form, said.title || "It could not be sent. Please try again.", true);
    var first = form.querySelector("[aria-invalid]");
    if (first) first.focus();
  }

  async function send(form) {
    var data = new FormData(form);
    data.set("polku_page", location.href.split("#")[0]);
    if (document.referrer) data.set("polku_referrer", document.referrer);
    visit(data);
    var answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(data), headers: { Accept: "application/json" },
    });
    var said = await answer.json();
    if (!answer.ok) return refuse(form, said);
    form.reset();
    tell(form, said.message);
  }

  document.querySelectorAll("form[data-in-place]").forEach(function (form) {
    var button = form.querySelector("[type=submit]");
    form.noValidate = true;
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      if (button.disabled) return;
      clear(form);
      button.disabled = true;
      try {
        await send(form);
      } catch (error) {
        tell(form, "Polku does not answer. Please try again in a moment.", true);
      }
      button.disabled = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    var chat = document.querySelector(".chat[open]");
    if (event.key !== "Escape" || !chat) return;
    chat.open = false;
    chat.querySelector("summary").focus();
  });
})();
