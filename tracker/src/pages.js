// Page views: the first of a page load, those of single-page navigation, and a page shown again from the back-forward cache.
const TOKEN = /([?&])polku_id=([^&#]*)(&?)/;
let pageUrl, pageFrom, pageId;

const withoutToken = (url) => url.replace(TOKEN, (all, sign, token, more) => (more && sign));
const clean = (url) => withoutToken(isHashed ? url : url.split("#")[0]).slice(0, 2000);
const address = () => clean(location.href);
const withoutQuery = (url) => url.split("?")[0];

// The token of a mail click, gone from the address before anybody copies it.
function takeToken() {
  const found = TOKEN.exec(location.href);
  if (!found) return;
  history.replaceState(history.state, "", withoutToken(location.href));
  record("identified", { token: decodeURIComponent(found[2]) }, true);
}

function view(came) {
  pageUrl = address();
  pageFrom = clean(came) || undefined;
  pageId = "";
  beginReading();
  countView();
}

// Where consent is asked for, the view waits for it.
function countView() {
  if (!pageUrl || pageId) return;
  pageId = record("page_view", { title: document.title }, false, pageUrl, pageFrom);
  countSearch();
}

function viewNext() {
  countReading();
  view(pageUrl);
}

function moved(isReplaced) {
  const url = address();
  if (isReplaced && withoutQuery(url) === withoutQuery(pageUrl)) pageUrl = url;
  else if (url !== pageUrl) viewNext();
}

// After the tick: a redirect inside it is no page, and the title has changed by then.
function follow(step, isReplaced) {
  const original = history[step];
  history[step] = function () {
    const result = original.apply(this, arguments);
    later(() => moved(isReplaced), 0);
    return result;
  };
}
