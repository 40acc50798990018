"""Writes a guide as a PDF of one page, with the fonts that every reader of PDF brings along."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from polku.demo.website.content import COMPANY, Guide

WIDTH: Final = 595  # A4, in points
HEIGHT: Final = 842
LEFT: Final = 64
_INK: Final = "0.08 0.13 0.17 rg"
_HEAT: Final = "0.72 0.23 0.08 rg"

type Line = tuple[str, int, str, str]  # font, size, colour, text


def write(guide: Guide) -> bytes:
    """The whole file: four kinds of objects, the page's content, and where each object begins."""
    content = "\n".join(_content(guide)).encode("cp1252")
    title = _escaped(guide.name).encode("cp1252")
    return _file(
        (
            b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 6 0 R" % (WIDTH, HEIGHT)
            + b" /Resources << /Font << /R 4 0 R /B 5 0 R >> >> >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Title (%s) /Author (%s) >>" % (title, COMPANY.encode()),
        )
    )


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
        + b"startxref\n%d\n%%%%EOF\n" % len(body)
    )


def _content(guide: Guide) -> Iterator[str]:
    """A band in the company's colour, then line below line."""
    yield f"{_HEAT} {LEFT} {HEIGHT - 60} 40 6 re f"
    height = HEIGHT - 100
    for font, size, colour, text in _lines(guide):
        yield f"BT /{font} {size} Tf {colour} {LEFT} {height} Td ({_escaped(text)}) Tj ET"
        height -= round(size * 1.6)


def _lines(guide: Guide) -> Iterator[Line]:
    yield "B", 26, _INK, guide.name
    yield from (("R", 12, _INK, line) for line in textwrap.wrap(guide.lead, 78))
    for part in guide.parts:
        yield "R", 12, _INK, ""
        yield "B", 15, _HEAT, part.title
        for text in part.text:
            yield from (("R", 12, _INK, line) for line in textwrap.wrap(text, 78))
    yield "R", 12, _INK, ""
    yield "R", 9, _INK, f"{COMPANY}: cutting, bending, machining, maintenance. Tampere, Brno, Katowice."


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
