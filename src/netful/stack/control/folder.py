"""State folder of a stack: its owner, and the paths of its parts.

Each stack has one folder, under the user's runtime folder and readable by that user alone. A folder that belongs to another
user, or that others can write to, is neither used nor believed. The daemon holds `lock` for as
long as it lives. A folder whose lock is free therefore has no owner, however the last one ended, and the next owner clears it.
"""

import contextlib
import fcntl
import os
import re
import select
import shutil
import socket
import stat
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from netful.model.core import StackError
from netful.sources.files import project_folder

_OWN = "set NETFUL_STATE to a folder of your own"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")


def root() -> Path:
    """Return the folder of this user's stacks: NETFUL_STATE, else in the runtime folder, else in the temporary folder."""
    if chosen := os.environ.get("NETFUL_STATE"):
        return Path(chosen).absolute()
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute():  # others are invalid
        return runtime / "netful"
    return Path(tempfile.gettempdir()) / f"netful-{os.getuid()}"


def name_for(template: Path | None, chosen: str | None = None) -> str:
    """Return the stack's name: the chosen one, else the name of the project's folder: the template's, or above a tool's."""
    if chosen is not None:
        if not _NAME.fullmatch(chosen):
            raise StackError(f"`{chosen}` is no stack name", hint="use letters, digits, dots and dashes, 41 at most")
        return chosen
    name = project_folder.homes_of((template or Path()).resolve())[-1].name
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
        """Return a connection to the control socket. A descriptor names the folder: the path of a socket has a short limit."""
        _require_own(self.path.parent)
        folder = os.open(self.path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _require_own_status(self.path, os.fstat(folder))
            connection.connect(f"/proc/self/fd/{folder}/{self.control.name}")
            _require_own_peer(connection, self.name)
        except (OSError, StackError):
            connection.close()
            raise
        finally:
            os.close(folder)
        return connection

    @property
    def log(self) -> Path:
        """The log of the daemon itself."""
        return self.path / "daemon.log"

    def take(self) -> None:
        """Own the folder for the life of this process, and clear what an earlier owner left.

        Raises StackError if a running stack owns it, or if other users can access the folder.
        """
        while (
            not self.is_ours()
        ):  # an owner that ends removes its folder, and with it the lock that this process waited at
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
        """Remove what a killed owner left, unless a process owns the folder by now."""
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
                self.path.rmdir()  # the disk had room for the folder only
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
        """Return whether this process owns the folder at this path: the folder may have been deleted and created again."""
        if self._lock is None:
            return False
        try:
            there = (self.path / "lock").stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._lock))

    def owner(self) -> int | None:
        """Return the process that owns the folder; None if no process does. Raises StackError if another user could write it."""
        _require_own(self.path.parent)
        _require_own(self.path)
        with contextlib.suppress(OSError, ValueError):
            return int((self.path / "lock").read_text(encoding="ascii")) if self.owned() else None
        return None

    def owned(self) -> bool:
        """Return whether a running process owns the folder."""
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

    @contextlib.contextmanager
    def until_ended(self) -> Iterator[None]:
        """Return from the block when the process that owns the folder now has ended, and the folder is free."""
        owner = self.owner()
        process = None
        with contextlib.suppress(ProcessLookupError):
            process = os.pidfd_open(owner) if owner is not None else None
        try:
            yield
            self._wait_until_free()
            if process is not None:
                select.select([process], [], [])
        finally:
            if process is not None:
                os.close(process)

    def _wait_until_free(self) -> None:
        with contextlib.suppress(OSError):
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_SH)
            finally:
                os.close(lock)

    def leave(self) -> None:
        """Remove the folder and release it: the end of a stack that ended in order."""
        if self.is_ours():
            shutil.rmtree(self.path, ignore_errors=True)
        self.give_up()

    def give_up(self) -> None:
        """Release the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _make(self, path: Path) -> None:
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refusal:
            raise _refused(path, refusal) from None
        _require_own(path)


def is_own_peer(connection: socket.socket) -> bool:
    """Return whether the process at the other end of a Unix socket is this user's, or root's."""
    _pid, uid, _gid = struct.unpack("iii", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return uid in (os.getuid(), 0)


def _require_own_peer(connection: socket.socket, name: str) -> None:
    if not is_own_peer(connection):
        raise StackError(f"the control socket of `{name}` belongs to another user", hint=_OWN)


def _require_own(path: Path) -> None:
    """Raise StackError if a folder exists that is not this user's alone to write, or if this user may not even see that."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    except OSError as refusal:
        raise _refused(path, refusal) from None
    _require_own_status(path, status)


def _require_own_status(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise StackError(f"the state folder `{path}` is not yours", hint=_OWN)
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StackError(f"other users can write to the state folder `{path}`", hint=f"chmod 700 {path}")


def _refused(path: Path, refusal: OSError) -> StackError:
    what = "cannot make" if isinstance(refusal, FileNotFoundError) else "cannot use"
    return StackError(f"{what} the state folder `{path}`", why=(refusal.strerror or "").lower(), hint=_OWN)


def running() -> list[str]:
    """Return the names of this user's running stacks. Raises StackError if the folder belongs to another user."""
    base = root()
    _require_own(base)
    try:
        return sorted(entry.name for entry in base.iterdir() if StackFolder(entry.name).owned())
    except FileNotFoundError:
        return []
    except PermissionError as refusal:
        raise _refused(base, refusal) from None
