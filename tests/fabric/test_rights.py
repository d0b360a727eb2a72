"""What a machine forbids, with the command that changes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.packets
NETFUL = str(Path(sys.executable).with_name("netful"))
READ_ONLY = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"
WITHOUT_IPV6 = """
import errno, os, platform, socket, struct, sys
from netful.functions.inside import kernel
call = {"x86_64": 41, "aarch64": 198}[platform.machine()]
rows = [(0x20, 0, 0, 0), (0x15, 0, 3, call), (0x20, 0, 0, 16), (0x15, 0, 1, socket.AF_INET6),
        (0x06, 0, 0, 0x00050000 | errno.EAFNOSUPPORT), (0x06, 0, 0, 0x7FFF0000)]
kernel.filter_calls(b"".join(struct.pack("<HBBI", *row) for row in rows))
os.execv(sys.argv[1], sys.argv[1:])
"""  # as after a boot with `ipv6.disable=1`


@pytest.mark.parametrize(("words", "code"), [(["--rights"], 1), (["-d", "--empty", "--stack", "s"], 2)])
def test_settings_that_cannot_be_written_as_in_a_container(words, code, tmp_path):
    command = ["unshare", "--mount", "sh", "-c", f'{READ_ONLY} && exec "$@"', "sh", NETFUL, "up", *words]
    env = os.environ | {"NETFUL_STATE": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code
    assert "/proc/sys is read-only" in done.stdout + done.stderr
    assert "unmask=/proc/sys" in done.stdout + done.stderr


@pytest.mark.parametrize(("words", "code"), [(["--rights"], 1), (["-d", "--empty", "--stack", "s"], 2)])
def test_a_kernel_without_ipv6(words, code, tmp_path):
    command = [sys.executable, "-c", WITHOUT_IPV6, NETFUL, "up", *words]
    env = os.environ | {"NETFUL_STATE": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code
    assert "IPv6 is off in the kernel" in done.stdout + done.stderr
    assert "hint: boot without `ipv6.disable=1`" in done.stdout + done.stderr
