"""The pages of the capture room."""
