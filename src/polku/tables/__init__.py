"""Bulk statements over Django's tables: one prepared statement, many rows, nothing built per row but its values."""

from polku.tables.statements import append, insert, update, upsert

__all__ = ["append", "insert", "update", "upsert"]
