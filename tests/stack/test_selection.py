"""The stack that a command without `--stack` speaks to."""

import contextlib
from unittest.mock import Mock

import pytest

from netful.model.core import StackError
from netful.stack.control import selection
from netful.stack.control.client import Client
from netful.stack.control.folder import StackFolder
from netful.stack.control.selection import selected


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path / "state"))
    return folder


@pytest.fixture
def running(monkeypatch):
    """A function that runs a stack of a folder for as long as the test lasts."""
    with contextlib.ExitStack() as folders:

        def run(name, folder, *, empty=False):
            owned = StackFolder(name)
            owned.take()
            folders.callback(owned.leave)
            client = Mock(call=Mock(return_value={"folder": str(folder), "empty": empty}))
            monkeypatch.setattr(selection, "Client", lambda _: contextlib.nullcontext(client))

        yield run


def test_the_only_stack_is_selected_in_a_folder_without_a_template(here, running):
    running("other", here.parent)
    assert selected() == "other"
    assert selected("named") == "named"


@pytest.mark.parametrize("template", ["template.yaml", "cdk.out/manifest.json"])
def test_the_stack_of_another_project_is_not_selected(here, running, template):
    (here / template).parent.mkdir(exist_ok=True)
    (here / template).touch()
    running("other", here.parent / "other")
    assert selected() == "here"


@pytest.mark.parametrize(("folder", "empty"), [("", False), ("infrastructure", False), ("../elsewhere", True)])
def test_a_stack_of_this_folder_and_an_account_are_selected(here, running, folder, empty):
    (here / "template.yaml").touch()
    running("other", (here / folder).resolve(), empty=empty)
    assert selected() == "other"


@pytest.mark.parametrize(("folder", "name"), [("", "other"), ("../elsewhere", "here")])
def test_an_account_of_another_folder_is_not_ended_in_a_project(here, running, folder, name):
    (here / "template.yaml").touch()
    running("other", (here / folder).resolve(), empty=True)
    assert selected(to_end=True) == name


def test_none_of_several_stacks_is_selected(here, running):
    running("one", here)
    running("two", here)
    assert selected() == "here"


@pytest.mark.parametrize(
    ("others", "asked", "hint"),
    [
        ([], "here", "netful up -d"),
        ([], "named", "netful up -d --stack named"),
        (["other"], "here", "running: `other` (choose with --stack), or `netful up -d --stack here`"),
    ],
)
def test_the_hint_for_a_stack_that_does_not_run(here, running, others, asked, hint):
    (here / "template.yaml").touch()
    for name in others:
        running(name, here.parent)
    with pytest.raises(StackError) as refused:
        Client(asked)
    assert refused.value.hint == hint
