// Polku: shows a web form where this script stands. <script src="…/f/embed.js" data-form="KEY" async></script>
(function () {
  "use strict";
  var script = document.currentScript;
  var key = script && script.getAttribute("data-form");
  if (!key || !/^[\w-]{1,32}$/.test(key)) return;
  var origin = new URL(script.src).origin;
  var isShown = false;

  var frame = document.createElement("iframe");
  frame.title = script.getAttribute("data-title") || "Form";
  frame.loading = "lazy";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.style.width = "100%";
  frame.style.height = "32rem";
  frame.style.border = "0";
  script.parentNode.insertBefore(frame, script.nextSibling);

  function show() {
    if (isShown) return;
    isShown = true;
    frame.src = address();
  }

  // After the tracker, which knows the visitor and takes the token of a mail click out of the page's address.
  function address() {
    var form = new URL("/f/" + key + "/", origin);
    form.searchParams.set("embed", "1");
    form.searchParams.set("page", location.href.split("#")[0].slice(0, 2000));
    if (document.referrer) form.searchParams.set("referrer", document.referrer.slice(0, 2000));
    var tracker = window.polku;
    if (tracker && tracker.visitor && tracker.site) {
      form.searchParams.set("polku_visitor", tracker.visitor() || "");
      form.searchParams.set("polku_site", tracker.site);
    }
    return form.href;
  }

  // A page without the tracker waits for nobody; one with it at most a second.
  function wait() {
    var tracker = window.polku;
    var isComing = typeof tracker === "function" || document.querySelector('script[src*="/t/polku.js"]');
    if (!isComing || (tracker && tracker.visitor)) show();
    else addEventListener("polku:ready", show);
  }

  setTimeout(show, 1000);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wait);
  else wait();

  addEventListener("message", function (event) {
    var said = event.data;
    if (event.origin !== origin || event.source !== frame.contentWindow || !said || said.polku !== key) return;
    if (typeof said.height === "number" && said.height > 0 && said.height < 20000) {
      frame.style.height = Math.ceil(said.height) + "px";
    }
    if (typeof said.go === "string" && /^https?:\/\//i.test(said.go)) location.assign(said.go);
  });
})();
