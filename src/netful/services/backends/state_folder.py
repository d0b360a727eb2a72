"""Folder of `netful up --state DIR`: the state of AWS services, for the next start of the stack.

| file | content |
|---|---|
| `calls` | the journal of the back ends |
| `deployed.json` | the part of the back ends' content that comes from the template |
| `format` | the number of the format of all files in the folder; a folder without it has the first |
| `sessions.json` | the sessions of roles that STS gave, until they expire |
| `lock` | locked as long as the daemon and the back ends live |
"""

import fcntl
import os
import re
import time
from pathlib import Path

import msgspec

from netful.model.core import StackError
from netful.services.deploy.deployed import NOTHING, Deployed
from netful.sources.files.whole_file import write_whole

DEPLOYED = "deployed.json"
FORMAT = 2
"""The format that this netful writes. It reads this one and all before it: in the first, rules with a schedule were not in the back ends."""

_FORMAT_FILE = "format"
_FORMAT = re.compile(rb"netful state folder ([0-9]{1,9})\n")
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

    @property
    def sessions(self) -> Path:
        """The file of the sessions of roles."""
        return self._path / "sessions.json"

    def take(self) -> None:
        """Make the folder and lock it, unless that is done already. Blocks; raises StackError."""
        if self.lock >= 0:
            return
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.lock = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
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
        self._refuse_links()
        self._check_format()

    def deployed(self) -> Deployed:
        """Return the record of the last deployment."""
        file = self._path / DEPLOYED
        try:
            return msgspec.json.decode(file.read_bytes(), type=Deployed)
        except FileNotFoundError:
            return NOTHING
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
            raise StackError(
                f"`{file}` cannot be read", why=str(error), hint="delete it: the template is then deployed again"
            ) from error

    def keep(self, deployed: Deployed) -> None:
        """Write the record of the current deployment."""
        self._write(self._path / DEPLOYED, msgspec.json.encode(deployed))

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

    def _check_format(self) -> None:
        """Raise StackError if a later netful wrote the folder; then nothing in it is read or changed."""
        file = self._path / _FORMAT_FILE
        try:
            written = file.read_bytes()
        except FileNotFoundError:
            written = b""
        except OSError as error:
            raise self._cannot(error) from error
        found = _FORMAT.fullmatch(written)
        if written and found is None:
            raise StackError(f"`{file}` is not a state file of netful", hint="give `--state` a folder of its own")
        if found is not None and int(found[1]) > FORMAT:
            raise StackError(
                f"a later version of netful wrote the state in `{self._path}`",
                why=f"it has format {int(found[1])}, and this version reads formats up to {FORMAT}",
                hint="update netful, or give `--state` another folder",
            )
        if found is None or int(found[1]) < FORMAT:
            if (old := self.deployed()) != NOTHING:
                self.keep(old.without_scheduled_rules())
            self._write(file, b"netful state folder %d\n" % FORMAT)

    def _write(self, file: Path, content: bytes) -> None:
        try:
            write_whole(file, content)
        except OSError as error:
            raise self._cannot(error) from error

    def _refuse_links(self) -> None:
        """Raise StackError if something in the folder leads out of it: it would be read, replaced or deleted there."""
        for parent, folders, files in os.walk(self._path):
            link = next((path for name in (*folders, *files) if (path := Path(parent, name)).is_symlink()), None)
            if link is not None:
                raise StackError(
                    f"`{link}` is a link",
                    why="what netful keeps is in the folder of `--state` itself",
                    hint="delete it, or give `--state` another folder",
                )

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
