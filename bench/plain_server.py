"""Serves the baseline as `polku serve` serves Polku, without its worker."""

import argparse
import multiprocessing
from typing import Any

from polku.web import serving


def server(target: str, *, port: int) -> Any:
    """Granian as `polku serve` runs it, with another application."""
    made = serving._granian(host="127.0.0.1", port=port, workers=1)
    made.target = target
    return made


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    multiprocessing.set_start_method("spawn", force=True)
    server("bench.plain_asgi:application", port=arguments.parse_args().port).serve()


if __name__ == "__main__":
    main()
