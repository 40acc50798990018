"""Bulk statements over Django's tables: one prepared statement, many rows, nothing built per row but its values."""

from polku.tables.reads import Read
from polku.tables.statements import append, fresh, insert, insert_once, insert_or_meet, stamp, update, upsert

__all__ = ["Read", "append", "fresh", "insert", "insert_once", "insert_or_meet", "stamp", "update", "upsert"]
