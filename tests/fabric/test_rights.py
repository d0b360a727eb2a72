"""What a machine forbids, with the command that changes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.packets
NETFUL = str(Path(sys.executable).with_name("netful"))
READ_ONLY = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"


@pytest.mark.parametrize(("words", "code"), [(["--rights"], 1), (["-d", "--empty", "--stack", "s"], 2)])
def test_settings_that_cannot_be_written_as_in_a_container(words, code, tmp_path):
    command = ["unshare", "--mount", "sh", "-c", f'{READ_ONLY} && exec "$@"', "sh", NETFUL, "up", *words]
    env = os.environ | {"NETFUL_STATE": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code
    assert "/proc/sys is read-only" in done.stdout + done.stderr
    assert "unmask=/proc/sys" in done.stdout + done.stderr
