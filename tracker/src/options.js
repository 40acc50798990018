// What the server (`o`) and the attributes of the script tag say; the tag wins.
const script = document.currentScript;
const said = (option) => script.getAttribute("data-" + option);
const list = (option) => (said(option) === null ? o[option] || [] : said(option).split(/[\s,]+/));

const key = said("site") || o.site;
const base = (said("to") || script.src).replace(/\/(t\/polku\.js.*)?$/, "");
const mode = said("consent") || o.consent;
const domain = said("domain") || "";
const searches = list("search");
const endings = list("files");
const isHashed = o.hash || said("hash") !== null;
