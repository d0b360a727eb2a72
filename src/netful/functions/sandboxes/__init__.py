"""Sandboxes: zygotes, the Runtime API, extensions, telemetry."""
