"""Serves the storing-only baseline as `polku serve` serves Polku."""

import argparse
import multiprocessing

from bench.plain_server import server

if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    multiprocessing.set_start_method("spawn", force=True)
    server("bench.storing:application", port=arguments.parse_args().port).serve()
