"""Forms, imports, calls typed in and the API: every way in ends in the same receive."""
