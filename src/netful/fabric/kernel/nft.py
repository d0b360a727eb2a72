"""Loader of nftables rulesets into a namespace, one atomic transaction per call.

It runs the `nft` program in a child (12 ms), not libnftables in process: that library uses select(2), and a process
with more than 1,024 open files dies in it (fabric §4).
"""

import shutil
import subprocess

from netful.fabric.kernel.netns import Netns
from netful.model.core import RightsError


def find_program() -> str | None:
    """Return the path of `nft`, which is often installed outside an ordinary user's PATH."""
    return shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin")


def load(netns: Netns, ruleset: str, *options: str) -> str:
    """Load a ruleset, entirely or not at all, and return what nft prints with these options. Runs on the namespace thread.

    Raises RightsError if nft is missing. Raises RuntimeError if nft rejects the ruleset, which is a bug in netful.
    """
    program = find_program()
    if program is None:
        raise RightsError("`nft` is not installed", hint="apt-get install nftables")
    with netns.inside():
        done = subprocess.run(
            [program, *options, "-f", "-"], input=ruleset, text=True, capture_output=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"nft rejected a ruleset: {done.stderr}\n{ruleset}")
    return done.stdout
