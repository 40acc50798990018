"""Composes the rooms: settings, urls, base templates, pages of several rooms, wiring, the program."""
