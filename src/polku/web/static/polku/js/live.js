// Live: listens on body[data-live]; what changed becomes polku:changed on body, for hx-trigger="polku:changed from:body".
const url = document.body.dataset.live;
let source = null;
let timer = 0;
let pause = 1000;
let lost = false;

const tell = (detail) => document.body.dispatchEvent(new CustomEvent("polku:changed", { detail }));

function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function listen() {
  if (source || document.hidden) return;
  source = new EventSource(url);
  source.addEventListener("open", () => {
    pause = 1000;
    if (lost) tell({ kinds: ["resumed"], lead_ids: [] });
    lost = false;
  });
  source.addEventListener("changed", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    stop();
    lost = true;
    timer = setTimeout(listen, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, 60000);
  });
}

if (url && "EventSource" in window) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stop(); lost = true; } else listen();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
}
