"""Sessions of roles that STS gave to callers: their keys, and who that is to the policies of the cloud that runs.

With `netful up --state` they are kept in a file, so that the next start of the stack judges their requests, too. One that has
expired is kept as well: its requests are refused for that.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from netful.engine.iam.role_sessions import UNREAD, assumed_caller, managed_document
from netful.model.access.policy_statements import statements
from netful.model.cloud import Cloud
from netful.model.core import Frozen, StackError
from netful.model.json_texts import json_or
from netful.services.front.signature import Signer
from netful.sources.files.whole_file import write_whole

_MOST = 10_000
_MEMBERS = {
    name: re.compile(rf"<{name}>([^<]+)</{name}>")
    for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AssumedRoleId")
}
_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
_POLICY_ARN = re.compile(r"PolicyArns\.member\.\d+\.arn")


class _Session(Frozen):
    """A session: its keys, the role, its name, the statements of its session policies (None without any), its end, and its id."""

    keys: tuple[str, str, str]
    role_arn: str
    name: str
    policy: Mapping[str, Any] | None
    until: str = ""
    user_id: str = ""

    @property
    def end(self) -> datetime | None:
        """Return the end of the session; None if its date cannot be read."""
        try:
            end = datetime.fromisoformat(self.until)
        except ValueError:
            return None
        return end if end.tzinfo else None

    def signer(self, cloud: Cloud) -> Signer:
        """Return the session as a caller of a cloud."""
        key_id, secret, token = self.keys
        return Signer(assumed_caller(cloud, self.role_arn, self.name, self.policy, key_id), secret, token, self.end)


class AssumedRoles:
    """The sessions. `signers` are the callers of the current cloud, by access key id; later sessions are added to it.

    `file` keeps them for the next start. Raises StackError if it cannot be read.
    """

    def __init__(self, cloud: Cloud, file: Path | None = None) -> None:
        self._file = file
        self._sessions = {one.keys[0]: one for one in _read(file)} if file else {}
        self.follow(cloud)

    async def add(self, form: Mapping[str, str], answer: str) -> None:
        """Add the session of an answered request for one."""
        found = {name: match[1] for name, one in _MEMBERS.items() if (match := one.search(answer))}
        if not found.keys() >= {*_KEYS} or "RoleArn" not in form:
            return
        key_id, secret, token = (found[name] for name in _KEYS)
        until, user_id = found.get("Expiration", ""), found.get("AssumedRoleId", "")
        name = form.get("RoleSessionName", "")
        session = _Session((key_id, secret, token), form["RoleArn"], name, _policy(form), until, user_id)
        self._sessions[key_id], self.signers[key_id] = session, session.signer(self._cloud)
        if len(self._sessions) > _MOST:
            oldest = next(iter(self._sessions))
            del self._sessions[oldest], self.signers[oldest]
        if self._file is not None:
            await asyncio.to_thread(write_whole, self._file, msgspec.json.encode([*self._sessions.values()]))

    def user_id(self, key_id: str) -> str:
        """Return the id of a session by its access key; "" for another key."""
        return self._sessions[key_id].user_id if key_id in self._sessions else ""

    def follow(self, cloud: Cloud) -> None:
        """Judge the sessions by another cloud."""
        self._cloud = cloud
        self.signers = {key_id: one.signer(cloud) for key_id, one in self._sessions.items()}


def _read(file: Path) -> list[_Session]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[_Session])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        hint = "delete it: callers then have to assume their roles again"
        raise StackError(f"`{file}` cannot be read", why=str(error), hint=hint) from error


def _policy(form: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the session policies of a request as one; one whose text is not known may allow anything."""
    documents = [managed_document(arn) for name, arn in form.items() if _POLICY_ARN.fullmatch(name)]
    if form.get("Policy"):
        found = json_or(form["Policy"])
        documents.append(found if isinstance(found, dict) else UNREAD)  # the service refuses it
    own = [statement for document in documents for statement in statements(document)]
    return {"Statement": own} if documents else None
