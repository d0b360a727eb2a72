"""Request models: JSON Schema, draft 4, within an allowance of work."""
