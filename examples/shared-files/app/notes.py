"""Notes in a folder that two functions share."""

from pathlib import Path

NOTES = Path("/mnt/notes")


def write(event, context):
    """Add a note."""
    (NOTES / event["name"]).write_text(event["text"])
    return [path.name for path in sorted(NOTES.iterdir())]


def read(event, context):
    """Return all notes."""
    return {path.name: path.read_text() for path in sorted(NOTES.iterdir())}
