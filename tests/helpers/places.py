"""Folders that tests read: the repository's own, and the recorded facts beside it."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TEMPLATES = ROOT / "tests" / "templates"
SHARED = Path(os.environ.get("NETFUL_SHARED") or ROOT.parent / "shared")
CORPUS = SHARED / "corpus"
LABS = SHARED / "labs"
