"""Templates that a test changes in places."""


def replaced(text, changes):
    """Return a text with each of the given parts replaced; every part must be in it."""
    for part, other in changes.items():
        assert part in text, f"the text has no `{part}`"
        text = text.replace(part, other)
    return text
