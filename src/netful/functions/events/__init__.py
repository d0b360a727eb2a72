"""Event sources, schedules and asynchronous invocations."""
