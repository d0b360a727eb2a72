"""Templates in a test's own text, loaded as a user's file would be."""

from pathlib import Path

from netful import sources
from netful.checks.facts.cloud_facts import Facts


def facts_of(folder: Path, text: str, name: str = "template.yaml") -> Facts:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return Facts(sources.load([file]))
