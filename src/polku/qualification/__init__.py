"""Stage decisions, BANT, acceptance and rejection."""
