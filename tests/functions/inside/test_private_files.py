"""Private files of a folder, hidden in a mount namespace where their owner reads."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.packets
READER = """
import json, sys
from pathlib import Path
from netful.functions.inside import private_files
folder = Path(sys.argv[1])
private_files.hide_in(folder)
paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir()]
print(json.dumps({str(path.relative_to(folder)): path.read_text() for path in paths}))
"""


def test_what_only_its_owner_may_read_is_hidden(tmp_path):
    for name, mode in {
        "public": 0o644,
        "of-a-group": 0o640,
        "own": 0o600,
        "closed/public": 0o644,
        "open/own": 0o600,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("content")
        path.chmod(mode)
    (tmp_path / "closed").chmod(0o700)
    (tmp_path / "link").symlink_to("own")
    alone = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--mount", "--keep-caps")
    done = subprocess.run([*alone, sys.executable, "-c", READER, tmp_path], stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout) == {"public": "content", "of-a-group": "", "own": "", "open/own": "", "link": ""}
    assert (tmp_path / "closed/public").read_text() == "content"
