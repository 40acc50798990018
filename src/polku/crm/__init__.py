"""Companies, people, leads, tasks, notes and the facts known about them."""
