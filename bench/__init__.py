"""Measures Polku against a stated baseline and a stated limit, in one run, as ratios."""
