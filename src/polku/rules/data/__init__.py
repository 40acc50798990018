"""Lists of facts that ship with the rules; where they come from stands in NOTICE.md."""

from importlib.resources import files

import msgspec


def lines(name: str) -> tuple[str, ...]:
    """The lines of one of the files here, without blank ones and those that start with #."""
    return tuple(line for line in _text(name).splitlines() if line and not line.startswith("#"))


def table(name: str) -> dict[str, str]:
    """A file of two columns, parted by a tab."""
    rows = (line.split("\t", maxsplit=1) for line in lines(name))
    return {first: second for first, second in rows}


def texts(name: str) -> tuple[str, ...]:
    """A file that is one JSON list of texts."""
    return msgspec.json.decode(_text(name), type=tuple[str, ...])


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
