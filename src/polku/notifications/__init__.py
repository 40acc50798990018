"""What users are told, in the app and by mail."""
