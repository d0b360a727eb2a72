"""What functions bring along: packages of PyPI and npm, installed once beside the tests' own interpreter.

A folder is filled anew when the file that names its packages has changed; who comes meanwhile waits.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(sys.executable).parents[1] / "functions"


def python_packages(name, requirements):
    """A folder with the packages of a requirements file."""
    uv = Path(sys.executable).with_name("uv")
    options = ("--quiet", "--no-deps", "--python", sys.executable, "--requirement", requirements)
    return _filled(name, [requirements], lambda folder: _run(uv, "pip", "install", *options, "--target", folder))


def node_packages(name, described):
    """A folder with `node_modules`, as the package.json and the lock file in `described` have it."""
    files = [described / "package.json", described / "package-lock.json"]

    def fill(folder):
        for file in files:
            shutil.copy(file, folder)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--silent")
        _run("npm", "ci", *options, "--prefix", folder)

    return _filled(name, files, fill)


def _filled(name, files, fill):
    folder, stamp = _ROOT / name, _ROOT / f"{name}.stamp"
    wanted = "".join(file.read_text() for file in files) + sys.version
    with _alone(name):
        if not stamp.is_file() or stamp.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            fill(folder)
            stamp.write_text(wanted)
    return folder


def put_beside(packages, code):
    """The packages in a function's folder, as links where the file system allows it."""

    def link(source, target):
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    shutil.copytree(packages, code, copy_function=link, dirs_exist_ok=True, symlinks=True)


@contextmanager
def _alone(name):
    _ROOT.mkdir(exist_ok=True)
    with (_ROOT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
