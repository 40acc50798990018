"""The outbox: a room writes what happened in its own transaction; who reacts stands in web/wiring.py."""
