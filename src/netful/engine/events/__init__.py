"""Event patterns, event inputs and schedules."""
