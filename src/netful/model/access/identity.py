"""Identities of other accounts, or of this one, whose keys a project declares (api-gateway §2.6)."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Identified


class Identity(Identified):
    """A user or role that signs requests.

    `policy` has the statements of its own policies, None if they are unknown. `organization` is the id of its
    account's organization, "" if that is unknown.
    """

    arn: str
    access_key_id: str
    secret_access_key: str
    session_token: str = ""
    policy: Mapping[str, Any] | None = None
    organization: str = ""

    @property
    def account_id(self) -> str:
        """The account of the identity."""
        return self.arn.split(":")[4]

    @property
    def is_role(self) -> bool:
        """Return whether it signs in a session of a role."""
        return ":role/" in self.arn

    @property
    def caller_arn(self) -> str:
        """The ARN that AWS gives it as a caller: a role by its session."""
        if not self.is_role:
            return self.arn
        partition = self.arn.split(":")[1]
        return f"arn:{partition}:sts::{self.account_id}:assumed-role/{self.arn.rpartition('/')[2]}/{self.id}"
