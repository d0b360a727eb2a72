"""Sceptre launches a group of stacks, finds nothing to do again, and deletes it."""

import shutil

import pytest

pytestmark = pytest.mark.packets


def test_a_group_is_launched_and_deleted(account, application):
    folder, before = application("sceptre"), account.seen()
    (folder / "templates").mkdir(exist_ok=True)
    shutil.copy(application("template") / "template.yaml", folder / "templates")

    def sceptre(*args):
        return account.run("sceptre/sceptre", *args, cwd=folder)

    sceptre("launch", "-y", "dev")
    outputs = account.outputs("sceptre-dev-application")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    assert "No updates to perform" in sceptre("launch", "-y", "dev")
    sceptre("delete", "-y", "dev")
    assert account.seen() == before
