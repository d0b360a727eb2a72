"""Names as weapons against programs that netful configures: HAProxy and nft read every one of them as text."""

import json
import subprocess

import pytest

from netful.balancer.haproxy.configuration import configuration
from netful.balancer.program import find_program, is_recent
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.thread import NamespaceThread
from netful.model.network.network_interface import InterfaceOwner
from netful.sources import load
from tests.helpers.hostile_names import PIECES, template

SOME = ["".join(PIECES[at::4]) for at in range(4)]


@pytest.fixture
def cloud(tmp_path):
    """Load the template of a name."""

    def cloud_(odd):
        (tmp_path / "template.json").write_text(json.dumps(template(odd)))
        return load([tmp_path / "template.json"])

    return cloud_


def configured(cloud):
    """HAProxy's configuration of the template's load balancer."""
    balancer = next(iter(cloud.balancing.load_balancers.values()))
    nodes = [e for e in cloud.network.network_interfaces.values() if e.owner is InterfaceOwner.LOAD_BALANCER]
    return configuration(cloud, balancer, nodes[0], {}, recent=is_recent(find_program()))


def directives(text):
    """The first word of each line."""
    return [line.split()[:1] for line in text.split("\n")]


@pytest.mark.programs
@pytest.mark.parametrize("odd", [*PIECES, *SOME], ids=ascii)
def test_haproxy_takes_a_configuration_with_any_name(cloud, tmp_path, odd):
    found = configured(cloud(odd))
    assert directives(found.text) == directives(configured(cloud("x")).text)
    (tmp_path / "haproxy.cfg").write_text(found.text + "\n")
    for name, text in found.files.items():
        (tmp_path / name).write_text(text)
    check = [find_program(), "-c", "-f", "haproxy.cfg"]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.programs
def test_no_value_of_a_rule_makes_haproxy_open_a_file(cloud):
    """`-f` before a value is the option that reads values from a file, as the user who runs HAProxy."""
    for words in map(str.split, configured(cloud("/etc/shadow")).text.split("\n")):
        if "'-f'" in words:
            assert "--" in words[: words.index("'-f'")]


@pytest.mark.packets
@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_nft_takes_rules_with_any_name(cloud, odd):
    thread = NamespaceThread()
    try:
        fabric = thread.run(Fabric, cloud(odd), thread.limbo, None)
        for door in fabric.doors:
            door.close()
        thread.run(fabric.close)
    finally:
        thread.close()
