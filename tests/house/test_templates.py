"""Templates and assets: nothing inline, nothing from elsewhere, every word translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

from tests.house.source import SRC, shown, templates

INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\b(?:src|type="application/json")\b)|\son[a-z]+\s*=\s*["']|\bhx-on\b|javascript:"""
)
LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio|object|embed|use)\b[^>]*\b(?:src|href|data|srcset)\s*=\s*["']?(?:https?:)?//"""
)
FETCHED = re.compile(r"""(?:@import|url\(|\bimport\b|\bfrom\b|fetch\(|open\()\s*\(?["']?(?:https?:)?//""")
# Text for browsers before any language is known, and the gallery, which only those who build Polku see.
UNTRANSLATED = {"500.html", "gallery.html"}
WEBSITE = SRC / "demo/templates/demo/website"  # of the example company, which speaks English to its visitors

COMMENTS = re.compile(r"{#.*?#}|{% comment.*?{% endcomment %}|{% verbatim.*?{% endverbatim %}", re.DOTALL)
SETTINGS = re.compile(
    r"{% block \w*(?:class|attributes|data|mark)\w* %}.*?{% endblock[^%]*%}", re.DOTALL
)  # classes, not words
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN = {"placeholder", "title", "alt", "aria-label", "aria-description", "label"}
# Proper names and what is written the same in every language.
SAME = re.compile(
    r"\b(Polku|CSV|XLSX|API|UTF-8|BANT|MQL|SQL|SLA|HTML|JSON|URL|UTM|ISO|NACE|TOTP|YAML|CET|Alt|Ctrl|Esc|Enter|OpenAPI)\b|&\w+;|https?://\S+"
)
WORD = re.compile(r"[^\W\d_]{2,}")
# A tag of ours with a bare English text: {% button "Save" %} instead of {% button _("Save") %}
BARE = re.compile(
    r"""{%\s*(?:button|empty|notice|stat|tab|field|dialog|menu|chip|page|column|bar|progress)\b[^%]*?(?<!_\()["']([A-Z][^"']*)["']"""
)


class Texts(HTMLParser):
    """Collects text nodes and spoken attributes that hold words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"code", "script", "kbd", "pre", "svg"}
        self.found += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"code", "script", "kbd", "pre", "svg"}

    def handle_data(self, data: str) -> None:
        self.found += [] if self._silent > 0 else [data]


def untranslated(source: str) -> list[str]:
    """Words of a template that stand outside translate tags."""
    bare = [text for text in BARE.findall(source) if WORD.search(SAME.sub("", text))]
    parser = Texts()
    parser.feed(TAGS.sub(" ", TRANSLATED.sub(" ", SETTINGS.sub("", COMMENTS.sub("", source)))))
    texts = [" ".join(text.split()) for text in parser.found]
    return bare + [text for text in texts if WORD.search(SAME.sub("", text))]


def assets(*suffixes: str) -> list[Path]:
    return [path for path in sorted(SRC.rglob("*")) if path.suffix in suffixes]


def test_nothing_is_inline() -> None:
    texts = [(path, INLINE.findall(path.read_text("utf-8"))) for path in templates() if path.suffix == ".html"]
    assert [f"{shown(path)}: {found}" for path, found in texts if found] == []


def test_no_asset_comes_from_elsewhere() -> None:
    texts = [(path, LOADED.findall(path.read_text("utf-8"))) for path in assets(".html", ".svg")]
    texts += [(path, FETCHED.findall(path.read_text("utf-8"))) for path in assets(".css", ".js")]
    assert [f"{shown(path)}: {found}" for path, found in texts if found] == []


def test_every_word_in_a_template_is_translated() -> None:
    ours = [path for path in templates() if WEBSITE not in path.parents]
    pages = [path for path in ours if path.suffix == ".html" and path.name not in UNTRANSLATED]
    texts = [(path, untranslated(path.read_text("utf-8"))) for path in pages]
    assert [f"{shown(path)}: {found}" for path, found in texts if found] == []


def test_what_is_inline_or_elsewhere_is_noticed() -> None:
    refused = [
        '<p style="x">',
        "<script>go()</script>",
        '<a onclick="x">',
        '<b hx-on:click="x">',
        "<style>",
        '<a href="javascript:x">',
    ]
    assert [text for text in refused if not INLINE.search(text)] == []
    assert not INLINE.search('<script src="{% static "a.js" %}" defer></script><meta content="width=1, scale=1">')
    assert LOADED.search('<script async src="https://cdn.example/x.js">')
    assert LOADED.search('<link rel="stylesheet" href="//cdn.example/x.css">')
    assert not LOADED.search('<a href="https://example.com">')
    assert FETCHED.search("@import url(https://fonts.example/x)")


def test_an_untranslated_word_is_noticed() -> None:
    assert untranslated("<p>Save this</p>") == ["Save this"]
    assert untranslated('<input placeholder="Your name">') == ["Your name"]
    assert untranslated('{% button "Save" %}') == ["Save"]
    fine = '<p>{% translate "Save" %} {{ name }} · <code>path</code> Polku</p>'
    fine += "{% blocktranslate %}Go <b>on</b>{% endblocktranslate %}"
    assert untranslated(fine + '{% button _("Save") %}{% trans "X" %}') == []
