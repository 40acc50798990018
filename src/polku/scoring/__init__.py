"""Heat, fit, potential and priority kept per lead, with reasons."""
