"""Users of a proxy: the passwords of its secrets, as they are now, and tokens of IAM."""

import json
import logging
from datetime import UTC, datetime

from netful.engine.names.managed_places import proxy_of, server_of
from netful.hosts.fronts.front import Front
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.names.database_ids import database_id
from netful.model.names.managed_names import managed_names
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.services.front.database_tokens import DatabaseEnd, refusal
from netful.stack.parts.signers import signers

log = logging.getLogger(__name__)


class DatabaseLogins:
    """The users of a front in one cloud."""

    def __init__(self, front: Front, cloud: Cloud, references: DynamicReferences) -> None:
        self._front = front
        self._cloud = cloud
        self._references = references.again()

    async def password_of(self, user: str) -> str | None:
        """Return the password of a user by the proxy's secrets; None if no secret has the user."""
        for secret in self._front.proxy.secrets if self._front.proxy else ():
            reference = f"{{{{resolve:secretsmanager:{secret}:SecretString}}}}"
            text = await self._references.value_of(Unknown("a secret", (), reference))
            content = _content(text) if isinstance(text, str) else {}
            if content.get("username") == user and isinstance(content.get("password"), str):
                return str(content["password"])
        return None

    def refusal(self, token: str, user: str) -> str:
        """Return the reason why a token of IAM does not admit a user, "" if it does."""
        cloud, id_ = self._cloud, self._front.id if self._front.proxy else self._front.server
        every = cloud.template.resources.values()
        named_in_policies = proxy_of(cloud, id_) or cloud.template.resources[id_]
        same = [one for one in every if server_of(cloud, one.id) == id_ and proxy_of(cloud, one.id) is None]
        named = [cloud.template.resources[id_]] if self._front.proxy else same
        names = (name for one in named for name in managed_names(one, cloud.region))
        ends = frozenset(f"{name}:{self._front.port}" for name in names)
        users = f"arn:aws:rds-db:{cloud.region}:{cloud.account_id}:dbuser:{database_id(named_in_policies.type, named_in_policies.id)}"
        why = refusal(token, user, DatabaseEnd(ends, users), signers(cloud), datetime.now(UTC))
        if why:
            log.warning("%s refuses the user %r: %s", id_, user, why)
        return why


def _content(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
