"""What functions can import without bringing it: AWS's own choice, not the virtual environment that netful is in."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGES = (
    "boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six",
    "awslambdaric", "simplejson", "snapshot_restore_py",
)  # fmt: skip
BOTO3_PACKAGES = frozenset(PACKAGES[:7])
"""A function that brings one of these must not find it imported already."""


def runtime_path() -> dict[str, str]:
    """Where each package is: its file or folder by the name that it shall have in /var/runtime."""
    places: dict[str, str] = {}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue  # an optional part that this machine's boto3 does without
        place = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        places[place.name] = str(place)
    return places
