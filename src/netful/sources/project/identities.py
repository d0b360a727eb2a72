"""The identities that `netful.toml` declares: an ARN, keys to sign with, and the files of their own policies."""

import re
from pathlib import Path
from typing import Any

from netful.model.access.identity import Identity
from netful.model.access.policy_statements import statements
from netful.model.core import Origin, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.complaint import fail
from netful.sources.files.unreadable import bytes_of
from netful.sources.project.project_shape import IdentityTable

_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(?:user|role)/\S+")


def identity(project: Path, name: str, table: IdentityTable, origin: Origin) -> Identity:
    """Return an identity with its policies; raises SourceError for an invalid setting."""
    if not _ARN.fullmatch(table.arn):
        hint = "write `arn:aws:iam::ACCOUNT:user/NAME` or `arn:aws:iam::ACCOUNT:role/NAME`"
        fail(f"`{table.arn}` is not a user or role", origin, hint=hint)
    policy = None
    if table.policies is not None:
        policy = {"Statement": [one for file in table.policies for one in _statements(project, file, origin)]}
    return Identity(
        name,
        table.arn,
        table.access_key_id,
        table.secret_access_key,
        table.session_token,
        policy,
        table.organization,
        origin=origin,
    )


def _statements(project: Path, written: str, origin: Origin) -> tuple[Any, ...]:
    source = project_folder.within(project, project.parent / written, origin)
    try:
        policy = from_json(bytes_of(source))
    except SourceError as error:
        fail(f"cannot read `{written}`", origin, why=error.why or error.what)
    except ValueError as error:
        fail(f"`{written}` is not JSON", Origin(str(project.parent / written)), why=str(error))
    if not isinstance(policy, dict) or policy.get("Statement") is None:
        fail(f"`{written}` is not a policy", Origin(str(project.parent / written)), hint='write `{"Statement": […]}`')
    return statements(policy)
