"""Sessions of roles that STS gave to callers: their keys, and who that is to the policies of the cloud that runs."""

import json
import re
from collections.abc import Mapping
from typing import Any

from netful.engine.iam.role_sessions import UNREAD, assumed_caller, managed_document
from netful.model.access.policy_statements import statements
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.services.front.signature import Signer

_MOST = 10_000
_KEYS = tuple(re.compile(rf"<{name}>([^<]+)</{name}>") for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
_POLICY_ARN = re.compile(r"PolicyArns\.member\.\d+\.arn")


class _Session(Frozen):
    """A session: its keys, the role, its name, and the statements of its session policies (None without any)."""

    keys: tuple[str, str, str]
    role_arn: str
    name: str
    policy: Mapping[str, Any] | None

    def signer(self, cloud: Cloud) -> Signer:
        """Return the session as a caller of a cloud."""
        key_id, secret, token = self.keys
        return Signer(assumed_caller(cloud, self.role_arn, self.name, self.policy, key_id), secret, token)


class AssumedRoles:
    """The sessions. `signers` are the callers of the current cloud, by access key id; later sessions are added to it."""

    def __init__(self, cloud: Cloud) -> None:
        self.signers: dict[str, Signer] = {}
        self._cloud = cloud
        self._sessions: dict[str, _Session] = {}

    def add(self, form: Mapping[str, str], answer: str) -> None:
        """Add the session of an answered request for one."""
        found = [match[1] for one in _KEYS if (match := one.search(answer))]
        if len(found) < len(_KEYS) or "RoleArn" not in form:
            return
        key_id, secret, token = found
        session = _Session((key_id, secret, token), form["RoleArn"], form.get("RoleSessionName", ""), _policy(form))
        self._sessions[key_id], self.signers[key_id] = session, session.signer(self._cloud)
        if len(self._sessions) > _MOST:
            oldest = next(iter(self._sessions))
            del self._sessions[oldest], self.signers[oldest]

    def follow(self, cloud: Cloud) -> None:
        """Judge the sessions by another cloud."""
        self._cloud = cloud
        self.signers = {key_id: one.signer(cloud) for key_id, one in self._sessions.items()}


def _policy(form: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the session policies of a request as one; one whose text is not known may allow anything."""
    documents = [managed_document(arn) for name, arn in form.items() if _POLICY_ARN.fullmatch(name)]
    if form.get("Policy"):
        try:
            found = json.loads(form["Policy"])
        except ValueError:  # the service refuses it
            found = None
        documents.append(found if isinstance(found, dict) else UNREAD)
    own = [statement for document in documents for statement in statements(document)]
    return {"Statement": own} if documents else None
