"""Assignment with reasons, capacity, overflow and SLA clocks."""
