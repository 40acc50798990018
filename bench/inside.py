"""Calls one function of the bench in a process of its own, with Django set up."""

import sys
from importlib import import_module
from pathlib import Path

import django
import msgspec


def main() -> None:
    function, given, answer = sys.argv[1:]
    django.setup()
    module, _, name = function.partition(":")
    answered = getattr(import_module(f"bench.{module}"), name)(**msgspec.json.decode(given))
    Path(answer).write_bytes(msgspec.json.encode(answered))


if __name__ == "__main__":
    main()
