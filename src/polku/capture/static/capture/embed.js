// Polku: shows a web form where this script stands. <script src="…/f/embed.js" data-form="KEY" async></script>
(function () {
  "use strict";
  var script = document.currentScript;
  var key = script && script.getAttribute("data-form");
  if (!key || !/^[\w-]{1,32}$/.test(key)) return;
  var origin = new URL(script.src).origin;
  var address = new URL("/f/" + key + "/", origin);
  address.searchParams.set("embed", "1");
  address.searchParams.set("page", location.href.split("#")[0].slice(0, 2000));
  if (document.referrer) address.searchParams.set("referrer", document.referrer.slice(0, 2000));

  var frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.getAttribute("data-title") || "Form";
  frame.loading = "lazy";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.style.width = "100%";
  frame.style.height = "32rem";
  frame.style.border = "0";
  script.parentNode.insertBefore(frame, script.nextSibling);

  addEventListener("message", function (event) {
    var said = event.data;
    if (event.origin !== origin || event.source !== frame.contentWindow || !said || said.polku !== key) return;
    if (typeof said.height === "number" && said.height > 0 && said.height < 20000) {
      frame.style.height = Math.ceil(said.height) + "px";
    }
    if (typeof said.go === "string" && /^https?:\/\//i.test(said.go)) location.assign(said.go);
  });
})();
