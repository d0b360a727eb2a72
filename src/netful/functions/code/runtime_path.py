"""Contents of /var/runtime: packages that functions can import, Node.js, and the bootstraps of runtimes.

The Python packages are those of AWS, not those of netful's virtual environment.
"""

import importlib.util
import os
import sys
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
        places |= {
            info.name: str(info)
            for info in folder.glob("*.dist-info")
            if info.name.partition("-")[0].lower() in _DISTRIBUTIONS
        }
    own = ["bootstrap.py", "runtime_client.py"]
    node = runtimes.node()
    if node is not None:
        places["node"] = str(node)
        own.append("bootstrap.cjs")
        modules = node_modules()
        places |= {"node_modules": str(modules)} if modules else {}
    return places | {name: str(Path(inside.__file__).with_name(name)) for name in own}


def node_modules() -> Path | None:
    """Return the folder with the AWS SDK for JavaScript, which AWS's runtimes contain; None if this machine has none.

    It is that of NETFUL_NODE_MODULES, else that of netful's own environment, else npm's global one.
    """
    chosen, node = os.environ.get("NETFUL_NODE_MODULES"), runtimes.node()
    beside = (node.parent.parent / "lib/node_modules",) if node else ()
    folders = [Path(chosen)] if chosen else [Path(sys.prefix, "lib/node_modules"), *_GLOBAL_MODULES, *beside]
    return next((folder.absolute() for folder in folders if (folder / "@aws-sdk").is_dir()), None)
