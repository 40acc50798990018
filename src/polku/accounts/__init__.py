"""Users, roles, teams, working hours, absence, API keys, audit."""
