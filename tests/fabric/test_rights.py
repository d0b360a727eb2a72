"""What a machine forbids, with the command that changes it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.packets
NETFUL = str(Path(sys.executable).with_name("netful"))
READ_ONLY = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"


def test_settings_that_cannot_be_written_as_in_a_container():
    command = ["unshare", "--mount", "sh", "-c", f'{READ_ONLY} && exec "$@"', "sh", NETFUL, "up", "--rights"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "/proc/sys is read-only" in done.stdout
    assert "unmask=/proc/sys" in done.stdout
