// What was searched for on the website itself, read from the address of the results.
function countSearch() {
  const given = new URL(pageUrl).searchParams;
  const words = searches.map((one) => given.get(one)).find(Boolean);
  if (words) record("site_search", { q: words }, false, pageUrl);
}
