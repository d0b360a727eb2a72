"""Who owns a stack's state folder."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from netful.model.core import StackError
from netful.stack.control import folder
from netful.stack.control.folder import StackFolder, name_for, running


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.mark.parametrize("runtime", ["", "run/1000"])
def test_a_runtime_folder_without_an_absolute_path_is_not_used(runtime, monkeypatch):
    monkeypatch.delenv("NETFUL_STATE")
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    assert folder.root() == Path(tempfile.gettempdir(), f"netful-{os.getuid()}")


def test_folder_is_owned_while_its_owner_lives():
    taken = StackFolder("one")
    taken.take()
    assert running() == ["one"]
    with pytest.raises(StackError, match="running already"):
        StackFolder("one").take()
    taken.leave()
    assert running() == []
    assert not taken.path.exists()


@pytest.mark.programs
def test_what_a_killed_owner_left_is_cleared(state):
    program = (
        "import os, signal; from netful.stack.control.folder import StackFolder; f = StackFolder('one'); f.take();"
        "(f.path / 'control.sock').write_text('stale'); (f.path / 'packages').mkdir(); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, env=os.environ | {"NETFUL_STATE": str(state)})
    assert done.returncode == -9
    assert (state / "one" / "control.sock").exists()
    assert running() == []
    taken = StackFolder("one")
    taken.take()
    assert [entry.name for entry in taken.path.iterdir()] == ["lock"]
    taken.leave()


def test_folder_of_another_user_is_refused(state, monkeypatch):
    (state / "one").mkdir(parents=True)
    monkeypatch.setattr(folder.os, "getuid", lambda: 12345)
    with pytest.raises(StackError, match="not yours"):
        StackFolder("one").take()


USES = {
    "take": StackFolder.take,
    "connect": StackFolder.connected,
    "owner": StackFolder.owner,
    "list": lambda _folder: running(),
}


@pytest.mark.parametrize("use", [*USES])
def test_a_folder_that_belongs_to_another_user_is_not_believed(state, use, monkeypatch):
    (state / "one").mkdir(parents=True)
    (state / "one" / "lock").write_text("1")
    monkeypatch.setattr(folder.os, "getuid", lambda: 12345)
    with pytest.raises(StackError, match="not yours"):
        USES[use](StackFolder("one"))


@pytest.mark.parametrize("use", ["take", "connect", "owner"])
@pytest.mark.parametrize("which", [".", "one"])
def test_a_folder_that_others_can_write_to_is_not_believed(state, use, which):
    (state / "one").mkdir(parents=True, mode=0o700)
    state.chmod(0o700)
    (state / which).chmod(0o777)
    with pytest.raises(StackError, match="other users can write"):
        USES[use](StackFolder("one"))


def test_a_link_to_a_folder_is_not_followed(state, tmp_path):
    state.mkdir(mode=0o700)
    (tmp_path / "real").mkdir()
    (state / "one").symlink_to(tmp_path / "real")
    for use in (StackFolder.take, StackFolder.owner):
        with pytest.raises(StackError, match="not yours"):
            use(StackFolder("one"))


def test_the_peer_of_a_socket_is_known():
    near, far = socket.socketpair()
    with near, far:
        assert folder.is_own_peer(near)


def test_folder_is_for_the_user_alone():
    taken = StackFolder("one")
    taken.take()
    assert taken.path.stat().st_mode & 0o777 == 0o700
    taken.leave()


@pytest.mark.parametrize(
    ("template", "chosen", "name"),
    [
        (Path("/srv/shop/template.yaml"), None, "shop"),
        (Path("/srv/my shop/template.yaml"), None, "my-shop"),
        (Path("/srv/shop/template.yaml"), "other", "other"),
        (Path("/template.yaml"), None, "stack"),
    ],
)
def test_stack_is_named_after_the_folder_of_its_template(template, chosen, name):
    assert name_for(template, chosen) == name


@pytest.mark.parametrize("bad", ["../up", "", "a/b", "-x", "x" * 42])
def test_name_that_is_no_plain_word_is_refused(bad):
    with pytest.raises(StackError, match="no stack name"):
        name_for(None, bad)


def test_a_folder_that_was_deleted_and_made_again_is_not_ours():
    first, second = StackFolder("one"), StackFolder("one")
    first.take()
    assert first.is_ours()
    shutil.rmtree(first.path)
    assert not first.is_ours()
    second.take()
    assert (first.is_ours(), second.is_ours()) == (False, True)
    first.leave()
    assert running() == ["one"]
    second.leave()
    assert running() == []


def test_the_owner_is_told_by_its_process():
    taken = StackFolder("one")
    assert taken.owner() is None
    taken.take()
    assert StackFolder("one").owner() == os.getpid()
    taken.leave()
    assert taken.owner() is None


def test_a_lock_that_went_with_its_owner_is_not_taken(monkeypatch):
    """The last owner leaves between our opening of its lock and our taking it: the lock is of no folder any more."""
    last, next_one = StackFolder("one"), StackFolder("one")
    last.take()
    flock = folder.fcntl.flock

    def leave_first(lock, how):
        monkeypatch.setattr(folder.fcntl, "flock", flock)
        last.leave()
        flock(lock, how)

    monkeypatch.setattr(folder.fcntl, "flock", leave_first)
    next_one.take()
    assert running() == ["one"]
    next_one.leave()


@pytest.mark.parametrize("chosen", ["/dev/null", "/proc/nowhere"])
def test_a_state_folder_that_cannot_be_is_told_with_what_to_do(chosen, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", chosen)
    with pytest.raises(StackError, match="the state folder") as caught:
        StackFolder("one").take()
    assert "NETFUL_STATE" in caught.value.hint


@pytest.mark.parametrize(("closed", "refused"), [(".", "state"), ("state", "state"), ("state/one", "state/one")])
@pytest.mark.programs
def test_a_closed_state_folder_is_told_to_an_ordinary_user(closed, refused, state):
    state.mkdir(mode=0o700)  # whatever the umask
    (state / "one").mkdir(mode=0o700)
    program = (
        "from netful.stack.control.folder import StackFolder, running\n"
        "from netful.model.core.errors import StackError\n"
        "try: running(); StackFolder('one').take()\n"
        "except StackError as error: print(error)"
    )
    (state.parent / closed).chmod(0)
    command = [sys.executable, "-c", program]
    if os.getuid() == 0:  # root may open every folder, but for one without its capabilities
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    finally:
        (state.parent / closed).chmod(0o700)
    assert done.stdout.startswith(f"cannot use the state folder `{state.parent / refused}`")


def test_a_state_folder_is_meant_from_where_it_was_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETFUL_STATE", "here")
    assert StackFolder("one").path == tmp_path / "here" / "one"


@pytest.mark.programs
def test_what_a_killed_owner_left_is_swept_and_what_runs_is_not(state):
    program = "import os; from netful.stack.control.folder import StackFolder; f = StackFolder('one'); f.take(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", program], check=False, env=os.environ | {"NETFUL_STATE": str(state)})
    assert (state / "one").exists()
    StackFolder("one").sweep()
    assert not (state / "one").exists()
    StackFolder("one").sweep()
    taken = StackFolder("one")
    taken.take()
    StackFolder("one").sweep()
    assert taken.is_ours()
    taken.leave()
