"""Contents of /var/runtime: packages that functions can import, Node.js, and the bootstraps of runtimes.

The Python packages are those of AWS, not those of netful's virtual environment.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from netful.functions import inside
from netful.functions.code import runtimes

# Packages by the names of their distributions.
_DISTRIBUTIONS = {
    "boto3": "boto3", "botocore": "botocore", "s3transfer": "s3transfer", "jmespath": "jmespath",
    "python_dateutil": "dateutil", "urllib3": "urllib3", "six": "six",
    "awslambdaric": "awslambdaric", "simplejson": "simplejson", "snapshot_restore_py": "snapshot_restore_py",
}  # fmt: skip
BOTO3_PACKAGES = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"})
"""Packages that must not be imported already if a function contains one of them."""

_GLOBAL_MODULES = (Path("/usr/local/lib/node_modules"), Path("/usr/lib/node_modules"))


def runtime_path() -> dict[str, str]:
    """Return each part's file or folder, by its name in /var/runtime."""
    places: dict[str, str] = {}
    for package in _DISTRIBUTIONS.values():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue  # an optional part that this machine's boto3 lacks
        place = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        places[place.name] = str(place)
    for folder in {Path(place).parent for place in places.values()}:
        places |= {info.name: str(info) for info in folder.glob("*.dist-info") if _distribution(info) in _DISTRIBUTIONS}
    own = ["bootstrap.py", "runtime_client.py"]
    node = runtimes.node()
    if node is not None:
        places["node"] = str(node)
        own.append("bootstrap.mjs")
        places |= _node_sdk(node)
    return places | {name: str(Path(inside.__file__).with_name(name)) for name in own}


def _node_sdk(node: Path) -> dict[str, str]:
    """Return the folder with the AWS SDK for JavaScript, which AWS's runtimes contain: NETFUL_NODE_MODULES, or npm's global one."""
    chosen = os.environ.get("NETFUL_NODE_MODULES")
    folders = [Path(chosen)] if chosen else [*_GLOBAL_MODULES, node.resolve().parent.parent / "lib/node_modules"]
    found = next((folder for folder in folders if (folder / "@aws-sdk").is_dir()), None)
    return {"node_modules": str(found.absolute())} if found else {}


def _distribution(info: Path) -> str:
    return info.name.partition("-")[0].lower()
