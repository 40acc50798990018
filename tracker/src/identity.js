// The visitor id in a first-party cookie. It is set once and not prolonged by later visits.
const random = (size) => crypto.getRandomValues(new Uint8Array(size)).reduce((all, byte) => all + (byte % 36).toString(36), "");
const readCookie = () => (/\b_polku=([\w-]{16,40})/.exec(document.cookie) || ["", ""])[1];

function setCookie(text, age) {
  document.cookie =
    NAME + "=" + text + ";Path=/;SameSite=Lax;Max-Age=" + age +
    (domain && ";Domain=" + domain) + (location.protocol === "https:" ? ";Secure" : "");
}

// Where cookies are blocked nothing is read back, and the visitor stays without an id.
function visitorId() {
  if (level() < 2) return "";
  if (!readCookie()) setCookie(random(24), (o.cookie_days || 395) * 86400);
  return readCookie();
}

function forget() {
  setCookie("", 0);
  stored(WAITING, "");
}
