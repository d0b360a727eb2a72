"""The public names of `import netful`."""

import subprocess
import sys

import pytest

import netful


def test_every_name_is_there_and_listed():
    for name in netful.__all__:
        assert getattr(netful, name) is not None
    assert dir(netful) == sorted(netful.__all__)


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="nothing"):
        _ = netful.nothing


@pytest.mark.programs
def test_the_import_brings_no_room_along():
    code = "import sys, netful; print(*[name for name in sys.modules if name.startswith('netful.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
