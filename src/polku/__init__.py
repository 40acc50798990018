"""Polku: lead management on one shared path for marketing and sales."""
