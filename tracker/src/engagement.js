// Reading: seconds in which the page was visible and somebody did something in the last half minute; and how far down.
const IDLE = 30000;
let engaged, deepest;
let since = 0; // the last sign of attention; 0 while hidden

function attend() {
  if (since) engaged += Math.min(clock() - since, IDLE);
  since = document.hidden ? 0 : clock();
}

// How far down, but not while the page is still growing.
function look() {
  attend();
  const share = (100 * (scrollY + innerHeight)) / document.documentElement.scrollHeight;
  if (document.readyState !== "loading") deepest = Math.max(deepest, Math.min(100, Math.round(share)));
}

function beginReading() {
  attend();
  engaged = deepest = 0;
}

// What was read since it was last told.
function countReading() {
  attend();
  const whole = Math.floor(engaged / 1000);
  if (whole && pageId && record("page_read", { seconds: whole, depth: deepest, of: pageId }, false, pageUrl)) engaged -= 1000 * whole;
}

function leave(isLeaving) {
  look();
  countReading();
  sendLast(isLeaving);
}
