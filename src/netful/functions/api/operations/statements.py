"""Statements of the policy of a function or a layer: each is a resource, which calls add and remove by its id."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from netful.functions.api.protocol.call import Call
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.code.versions import Revision
from netful.model.core import Resource


def sid(one: Resource) -> str:
    """Return the id of a statement."""
    return str(one.properties.get("StatementId") or one.id)


def written(value: Mapping[str, Any]) -> str:
    """Return a statement or a policy as a text."""
    return json.dumps(value, separators=(",", ":"))


def policy(statements: list[dict[str, Any]]) -> str:
    """Return the text of a policy."""
    return written({"Version": "2012-10-17", "Id": "default", "Statement": statements})


def policy_reply(statements: list[dict[str, Any]], revision: Revision) -> Reply:
    """Return a policy as the answer to a call. Raises InvokeRefused for one without statements."""
    if not statements:
        raise no_such_resource()
    return document(200, {"Policy": policy(statements), "RevisionId": revision.id})


def refuse_again(new: str, there: Iterable[Resource]) -> None:
    """Raise InvokeRefused for a statement with the id of one that exists."""
    if any(sid(one) == new for one in there):
        raise conflict(
            f"The statement id ({new}) provided already exists. Please provide a new statement id, or remove the "
            "existing statement."
        )


async def remove(call: Call, there: Iterable[Resource]) -> Reply:
    """Remove the statement that a call names, also one of the template."""
    gone = {one.id for one in there if sid(one) == call.request["StatementId"]}
    if not gone:
        raise no_such_resource(f"Statement {call.request['StatementId']} is not found in resource policy.")
    await call.service.updates.amend(gone=gone)
    return Reply(204)
