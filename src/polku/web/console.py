"""What the program says to the person at the terminal."""

import sys


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> int:
    """Say what is wrong and what helps; the exit code for the program."""
    sys.stderr.write(f"polku: {text}\n")
    return 1


def confirm(question: str) -> bool:
    """Only a typed yes counts."""
    return sys.stdin.isatty() and input(f"{question} Type yes: ").strip().lower() == "yes"
