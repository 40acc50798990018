"""The business, pure: frozen structs in, struct out. No Django, no clock, no randomness, no I/O."""
