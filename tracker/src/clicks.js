// Clicks on files and on links to other websites.
const isOurs = (host) => host === location.hostname || (domain && ("." + host).endsWith("." + domain));

function clicked(event) {
  const link = event.button < 2 && event.composedPath()[0].closest("a[href]");
  if (!link || !/^http/.test(link.protocol)) return;
  if (link.hasAttribute("download") || endings.includes((/\.(\w+)$/.exec(link.pathname.toLowerCase()) || [])[1])) {
    record("content_download", { file: link.pathname });
  } else if (!isOurs(link.hostname)) {
    record("outbound_click", { to: link.origin + link.pathname });
  }
}
