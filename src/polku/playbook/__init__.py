"""The versions of the agreed definition."""
