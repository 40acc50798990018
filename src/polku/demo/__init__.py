"""The demo company: the simulator's history brought in through the rooms' own actions."""
