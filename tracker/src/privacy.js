// How much may be known: 0 nothing, 1 what is done but not by whom, 2 a visitor with a cookie.
const NAME = "_polku";
const KEPT = "localStorage"; // the answer given through the API, so that a refusal holds on the next page
const WAITING = "sessionStorage"; // events that could not be sent
let answered = "";

const isPrivate = () => navigator.globalPrivacyControl || navigator.doNotTrack === "1";
const answer = () => stored(KEPT) || answered;

function level() {
  if (isPrivate()) return 0;
  if (answer() === "1") return 2;
  if (mode === "cookieless") return 1;
  return mode === "free" ? 2 - !!answer() : 0; // whoever refused is counted without a cookie
}

// Browsers may forbid storage: then it is empty.
function stored(area, text) {
  try {
    if (text) window[area].setItem(NAME, text);
    else if (text === "") window[area].removeItem(NAME);
    return window[area].getItem(NAME);
  } catch (error) {}
}
