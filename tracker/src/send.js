// Events wait here for the end of the tick, for a server that is busy, for a network that is away.
const MOST = 50;
const LARGEST = 10000; // characters: each may take three of the 32,768 bytes
const PAUSE = 30; // seconds, when the server does not say
let queue = [];
let retryAt = 0;

// What the page asks for by itself (`isAsked`) may wait for the visitor's consent; what was only observed may not.
function record(kind, details, isAsked, url, came) {
  if (!level() && (!isAsked || isPrivate() || answer())) return;
  const event = { i: Date.now().toString(36) + "-" + random(12), k: kind, t: clock(), u: url || address(), r: came, d: short(details) };
  if (queue.push(event) === 1) later(flush, 0);
  queue = queue.slice(-MOST);
  return event.i;
}

// Ten texts or numbers.
function short(details) {
  const kept = {};
  for (const [one, given] of Object.entries(details || {}).slice(0, 10)) {
    if (given === "" + given) kept[one] = given.slice(0, 500);
    else if (Number.isFinite(given)) kept[one] = given;
  }
  return kept;
}

function pack(events) {
  return JSON.stringify({
    s: key,
    v: visitorId() || undefined,
    c: { 0: 0, 1: 1 }[answer()],
    e: events.map(({ t, ...rest }) => ({ ...rest, a: Math.max(0, Math.round(clock() - t)) })),
  });
}

function flush() {
  if (clock() >= retryAt) send();
}

// A beacon outlives the page but does not tell whether it arrived, so it is for the last moment only.
function send(isLast) {
  while (level() && queue.length) {
    let count = queue.length;
    let text = pack(queue);
    while (count > 1 && text.length > LARGEST) text = pack(queue.slice(0, (count >>= 1)));
    const batch = queue.splice(0, count);
    if (!isLast || !navigator.sendBeacon || !navigator.sendBeacon(base + "/t/e", text)) post(text, batch);
  }
}

function post(text, batch) {
  fetch(base + "/t/e", { method: "POST", body: text, keepalive: true, credentials: "omit" })
    .then(
      (response) => {
        if (response.status === 429 || response.status > 499) return putBack(batch, response.headers.get("Retry-After"));
        store();
      },
      () => putBack(batch)
    )
    .catch(() => {});
}

function putBack(batch, wait) {
  wait = 1000 * (+wait || PAUSE);
  queue = batch.concat(queue).slice(-MOST);
  retryAt = clock() + wait;
  store();
  later(flush, wait + 20);
}

// For the next page; only where a cookie is allowed too.
function store() {
  return stored(WAITING, level() > 1 && queue.length ? JSON.stringify(queue) : "");
}

function sendLast(isLeaving) {
  if ((clock() < retryAt || navigator.onLine === false) && (store() || !isLeaving)) return;
  send(true);
  store();
}
