"""A stack's state folder: who owns it, and where its parts are.

One folder a stack, under the user's runtime folder and readable by that user alone. The daemon holds `lock` for as long
as it lives, so a folder whose lock is free belongs to nobody, however its last owner ended, and is cleared by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from netful.model.core.errors import StackError

_OWN = "set NETFUL_STATE to a folder of your own"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")


def root() -> Path:
    """Where all stacks of this user are: NETFUL_STATE, else the user's runtime folder, else the temporary folder."""
    if chosen := os.environ.get("NETFUL_STATE"):
        return Path(chosen).absolute()
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "netful"
    return Path(tempfile.gettempdir()) / f"netful-{os.getuid()}"


def name_for(template: Path | None, chosen: str | None = None) -> str:
    """The stack's name: as chosen, else the name of the template's folder."""
    if chosen is not None:
        if not _NAME.fullmatch(chosen):
            raise StackError(f"`{chosen}` is no stack name", hint="use letters, digits, dots and dashes, 41 at most")
        return chosen
    folder = (template or Path()).resolve()
    name = (folder if folder.is_dir() else folder.parent).name
    return re.sub(r"[^A-Za-z0-9._-]", "-", name).lstrip("._-")[:41] or "stack"


class StackFolder:
    """The folder of one stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = root() / name
        self._lock: int | None = None

    @property
    def control(self) -> Path:
        """The control socket."""
        return self.path / "control.sock"

    def connected(self) -> socket.socket:
        """A connection to the control socket; its folder is named by a descriptor, since a socket's path may not be long."""
        folder = os.open(self.path, os.O_PATH | os.O_CLOEXEC)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(f"/proc/self/fd/{folder}/{self.control.name}")
        except OSError:
            connection.close()
            raise
        finally:
            os.close(folder)
        return connection

    @property
    def log(self) -> Path:
        """What the daemon itself has to say."""
        return self.path / "daemon.log"

    def take(self) -> None:
        """Own the folder for the life of this process, and clear what an earlier owner left.

        Raises StackError when a running stack owns it, or the folder is not ours alone.
        """
        while not self.is_ours():  # an owner that leaves takes its folder along, and the lock that we waited at
            self.give_up()
            self._make(self.path.parent)
            self._make(self.path)
            self._lock = self._take_lock()
        assert self._lock is not None
        for entry in self.path.iterdir():
            if entry.name in {"lock", self.log.name}:
                continue
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        os.ftruncate(self._lock, 0)
        os.write(self._lock, str(os.getpid()).encode())

    def sweep(self) -> None:
        """Remove what a killed owner left, unless somebody owns it by now."""
        if self.path.is_dir():
            with contextlib.suppress(StackError):
                self.take()
                self.leave()

    def _take_lock(self) -> int:
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as refusal:
            raise _refused(self.path, refusal) from None
        except OSError:
            with contextlib.suppress(OSError):
                self.path.rmdir()  # there was no room but for the folder
            raise
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise StackError(
                f"the stack `{self.name}` is running already", hint=f"netful down --stack {self.name}"
            ) from None
        return lock

    def is_ours(self) -> bool:
        """Whether this process owns the folder that is there: somebody may have deleted it, and made another."""
        if self._lock is None:
            return False
        try:
            there = (self.path / "lock").stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._lock))

    def owner(self) -> int | None:
        """The process that owns the folder, None when there is none."""
        with contextlib.suppress(OSError, ValueError):
            return int((self.path / "lock").read_text(encoding="ascii")) if self.owned() else None
        return None

    def owned(self) -> bool:
        """Whether a running process owns the folder."""
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def wait_until_free(self) -> None:
        """Return when the owner has ended."""
        with contextlib.suppress(OSError):
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_SH)
            finally:
                os.close(lock)

    def leave(self) -> None:
        """Remove the folder and give it up: at the end of a stack that ended in order."""
        if self.is_ours():
            shutil.rmtree(self.path, ignore_errors=True)
        self.give_up()

    def give_up(self) -> None:
        """Own the folder no more."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make(self, path: Path) -> None:
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refusal:
            raise _refused(path, refusal) from None
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise StackError(f"the state folder `{path}` is not yours", hint=_OWN)


def _refused(path: Path, refusal: OSError) -> StackError:
    what = "cannot use" if path.exists() else "cannot make"
    return StackError(f"{what} the state folder `{path}`", why=(refusal.strerror or "").lower(), hint=_OWN)


def running() -> list[str]:
    """The names of this user's running stacks; raises StackError when the folder is somebody else's."""
    base = root()
    if not base.is_dir():
        return []
    try:
        return sorted(entry.name for entry in base.iterdir() if StackFolder(entry.name).owned())
    except PermissionError as refusal:
        raise _refused(base, refusal) from None
