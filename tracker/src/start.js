// The order of the first moment: what the visitor answered, who they are, the page, then what the page had asked for.
function start() {
  const stub = window.polku || {};
  if (stub.visitor || !key) return; // included twice
  const calls = Array.from(stub.q || []);
  window.polku = guard(ask);
  polku.visitor = guard(visitorId);
  Object.defineProperty(polku, "site", { get: () => (level() ? key : "") });

  if (isPrivate() || answer() === "0") forget();
  for (const call of calls) if (call[0] === "consent") polku(...call);
  if (level() > 1) guard(() => (queue = JSON.parse(stored(WAITING)) || []))();
  guard(takeToken)();
  view(document.referrer);
  for (const call of calls) if (!/^(consent|page)$/.test(call[0])) polku(...call);
  later(flush, 0);
  listen();
  dispatchEvent(new Event("polku:ready"));
}

function listen() {
  follow("pushState");
  follow("replaceState", true);
  on("popstate hashchange", () => later(moved, 0));
  on("pageshow", (event) => event.persisted && viewNext());
  on("pagehide", () => leave(true));
  on("visibilitychange", () => (document.hidden ? leave() : attend()));
  on("scroll pointermove pointerdown keydown", look);
  on("online", () => {
    retryAt = 0;
    flush();
  });
  on("click auxclick", clicked);
  on("input change", typed);
  on("submit", submitted);
}

if (document.prerendering) on("prerenderingchange", start);
else start();
