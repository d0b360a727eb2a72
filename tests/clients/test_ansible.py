"""Ansible's modules make a network and a stack; a second run of the playbook changes nothing."""

import re

import pytest

pytestmark = pytest.mark.packets


def test_a_playbook_is_run_twice(account, application):
    folder = application("ansible")
    template = application("template") / "template.yaml"

    def play(*more):
        printed = account.run(
            "ansible/ansible-playbook", "playbook.yml", "-e", f"template={template}", *more, cwd=folder
        )
        return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", printed.rpartition("PLAY RECAP")[2])}

    first = play()
    assert (first["changed"], first["failed"]) == (first["ok"], 0)
    outputs = account.outputs("ansible")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    again = play()
    assert (again["changed"], again["failed"], again["ok"]) == (0, 0, first["ok"])
