"""The program HAProxy on this machine."""

import re
import shutil
import subprocess

PROGRAM = "haproxy"
_RECENT = (2, 9)


def find_program() -> str | None:
    """Return the path of HAProxy; it is often installed outside an ordinary user's PATH."""
    return shutil.which(PROGRAM, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/sbin:/bin")


def is_recent(program: str) -> bool:
    """Return whether HAProxy is 2.9 or later; 2.6 (Debian 12) and 2.8 (Ubuntu 24.04) lack a few features."""
    output = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"HAProxy version (\d+)\.(\d+)", output)
    return version is not None and (int(version[1]), int(version[2])) >= _RECENT
