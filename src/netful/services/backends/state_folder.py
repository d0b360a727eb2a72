"""Folder of `netful up --state DIR`: the state of AWS services, for the next start of the stack.

| file | content |
|---|---|
| `calls` | the journal of the back ends |
| `deployed.json` | the part of the back ends' content that comes from the template |
| `lock` | locked as long as the daemon and the back ends live |
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import msgspec

from netful.model.core.errors import StackError
from netful.services.deploy.deployed import NOTHING, Deployed

DEPLOYED = "deployed.json"
LOCK_SECONDS = 5.0  # a killed stack needs a moment to end
_LOOK_SECONDS = 0.02


class StateFolder:
    """A folder that one stack at a time may use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lock = -1

    @property
    def journal(self) -> Path:
        """The journal of the calls."""
        return self._path / "calls"

    def take(self) -> None:
        """Make the folder and lock it, unless that is done already. Blocks; raises StackError."""
        if self.lock >= 0:
            return
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.lock = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._cannot(error) from error
        until = time.monotonic() + LOCK_SECONDS
        while not _locked(self.lock):
            if time.monotonic() > until:
                raise StackError(
                    f"the state in `{self._path}` is in use",
                    hint="stop the stack that uses it, or choose another folder",
                )
            time.sleep(_LOOK_SECONDS)

    def deployed(self) -> Deployed:
        """Return the record of the last deployment."""
        file = self._path / DEPLOYED
        try:
            return msgspec.json.decode(file.read_bytes(), type=Deployed)
        except FileNotFoundError:
            return NOTHING
        except (OSError, msgspec.MsgspecError) as error:
            raise StackError(
                f"`{file}` cannot be read", why=str(error), hint="delete it: the template is then deployed again"
            ) from error

    def keep(self, deployed: Deployed) -> None:
        """Write the record of the current deployment."""
        fresh = self._path / "deployed.json.new"
        try:
            fresh.touch(mode=0o600)
            fresh.write_bytes(msgspec.json.encode(deployed))
            fresh.replace(self._path / DEPLOYED)
        except OSError as error:
            raise self._cannot(error) from error

    def close(self) -> None:
        """Wait until the journal is on the disk, and unlock the folder."""
        if self.lock < 0:
            return
        if self.journal.exists():
            file = os.open(self.journal, os.O_RDONLY | os.O_CLOEXEC)
            os.fsync(file)
            os.close(file)
        os.close(self.lock)
        self.lock = -1

    def _cannot(self, error: OSError) -> StackError:
        return StackError(
            f"the state cannot be kept in `{self._path}`",
            why=error.strerror or "",
            hint="choose a folder that you own, on a disk with free space",
        )


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
