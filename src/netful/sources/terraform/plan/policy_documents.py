"""Policy documents that a plan can read only during apply (`aws_iam_policy_document`): their statements, with references in them.

A plan does not show the text after a reference, such as `/*` after an ARN: that a statement is about the resource and all below it
is an assumption, unless the text is beside the plan.
"""

from collections.abc import Callable
from typing import Any

from netful.model.core import Unknown, listed
from netful.model.json_texts import from_json
from netful.sources.terraform.plan.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.plan.references import after_apply

Argument = Callable[[Planned, str, dict[str, Any], dict[str, Any], dict[str, Any]], Any]
"""Return the value of an argument within a block, by its name and the block."""

Assume = Callable[[Planned, str, list[Any]], None]
"""Have paths of resources name an expression that is taken to mean them."""

_LISTS = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
_MERGED = ("source_policy_documents", "override_policy_documents")


IsSettled = Callable[[Planned, str, dict[str, Any]], bool]
"""Return whether an argument within a block of these values is settled by its text."""


def document(resource: Planned, argument: Argument, is_settled: IsSettled, assume: Assume) -> dict[str, Any] | Unknown:
    """Return the policy of a document; unknown if it merges one that is not known."""
    statements: list[Any] = []
    for name in _MERGED:
        texts = resource.values.get(name) or ()
        if (name in resource.expressions and resource.unknown.get(name)) or not all(
            isinstance(text, str) for text in texts
        ):
            return after_apply(f"{resource.address}.{name}")
        statements += [one for text in texts for one in listed(from_json(text).get("Statement", []))]
    blocks = [*blocks_of(resource, "statement")]
    own = [_statement(resource, argument, block) for block in blocks]
    referred = [
        node
        for block, one in zip(blocks, own, strict=True)
        for name in ("resources", "not_resources")
        if not is_settled(resource, name, block[0])
        for node in _with_below(one, _LISTS[name])
    ]
    if referred:
        assume(resource, f"data.{resource.type}.{resource.name}", referred)
    return {"Version": "2012-10-17", "Statement": [*statements, *own]}


def _with_below(statement: dict[str, Any], key: str) -> list[Any]:
    """Return the resources that a statement refers to, after adding all below them to it."""
    written = statement.get(key)
    referred = [node for node in (written if isinstance(written, list) else ()) if isinstance(node, dict)]
    if referred:
        statement[key] = [*statement[key], *({"Fn::Join": ["", [node, "/*"]]} for node in referred)]
    return referred


def _statement(resource: Planned, argument: Argument, block: Block) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": block[0].get("effect") or "Allow"}
    for name, key in _LISTS.items():
        if found := argument(resource, name, *block):
            made[key] = found
    for name, key in _PRINCIPALS.items():
        for inner in blocks_in(block, name):
            kind, named = inner[0].get("type"), argument(resource, "identifiers", *inner)
            made[key] = "*" if kind == "*" else {**made.get(key, {}), kind: named}
    for inner in blocks_in(block, "condition"):
        tested = made.setdefault("Condition", {}).setdefault(inner[0].get("test"), {})
        tested[inner[0].get("variable")] = argument(resource, "values", *inner)
    return made
