// What the host page may ask: polku("event" | "consent" | "identify" | "page", …), polku.visitor(), polku.site.
function ask(what, about, details) {
  if (what === "consent") setConsent(about);
  if (what === "page") viewNext();
  if (what === "identify") record("identified", about, true);
  if (what === "event" && /^[a-z][a-z\d_]{0,39}$/.test(about)) record(about, details, true);
}

function setConsent(isGiven) {
  if (isPrivate()) return;
  stored(KEPT, (answered = isGiven ? "1" : "0"));
  if (isGiven) {
    visitorId();
    countView();
    flush();
  } else {
    queue = [];
    forget();
  }
}
