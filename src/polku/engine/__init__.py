"""The same rules over whole tables: a lake of Parquet files, and scores of every lead at once."""
