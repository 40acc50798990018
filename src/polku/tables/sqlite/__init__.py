"""SQLite for many writers: threads of one process, and processes."""
