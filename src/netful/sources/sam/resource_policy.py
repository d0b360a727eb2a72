"""`ResourcePolicy`, of an API or of one event: statements that let in or shut out, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam.making import ANY, METHODS, marked, members

POLICY = "x-amazon-apigateway-policy"
_BY_ACCOUNT = {"AwsAccountWhitelist": "Allow", "AwsAccountBlacklist": "Deny"}
# Lists of addresses: the operator of the statement that denies. All others are let in.
_BY_ADDRESS = {"IpRangeWhitelist": "NotIpAddress", "IpRangeBlacklist": "IpAddress"}
# Lists of VPCs and endpoints, those that are written as text first: the part of their names, and the operator.
_BY_NETWORK = {"Blacklist": "StringEquals", "Whitelist": "StringNotEquals"}
_KEYS = {"IntrinsicVpc": "aws:SourceVpc", "IntrinsicVpce": "aws:SourceVpce"}


def put(body: MarkedMap, written: MarkedMap, stage: Any, only: str | None = None) -> None:
    """Add a policy's statements to the body's: for each of its paths, or for one."""
    paths = body.get("paths")
    for path, item in paths.items() if isinstance(paths, MarkedMap) else ():
        if isinstance(item, MarkedMap) and only in (None, path):
            _add(body, [*_statements(written, [*_resources(path, item, stage)])], written)
    _add(body, members(written.get("CustomStatements")), written)


def _add(body: MarkedMap, statements: list[Any], like: MarkedMap) -> None:
    if not statements:
        return
    policy = body.get(POLICY)
    if not isinstance(policy, MarkedMap):
        policy = marked({"Version": "2012-10-17", "Statement": []}, like)
        body.put(POLICY, policy)
    held = policy.get("Statement")
    if not isinstance(held, MarkedList):
        held = marked(members(held), like)
        policy.put("Statement", held)
    for statement in statements:
        one = marked(statement, like)
        if one not in held:
            held.put(one)


def _resources(path: str, item: MarkedMap, stage: Any) -> Iterator[Any]:
    """A path's methods as SAM writes them into a policy: any value stands for a parameter of the path."""
    plain = "/".join("*" if part.startswith("{") and part.endswith("}") else part for part in path.split("/"))
    for name in item:
        if name.lower() in (*METHODS, "any"):
            method = "*" if name.lower() in (ANY, "any") else name.upper()
            yield {"Fn::Sub": [f"execute-api:/${{__Stage__}}/{method}{plain}", {"__Stage__": stage}]}


def _statements(written: MarkedMap, resources: list[Any]) -> Iterator[dict[str, Any]]:
    base = {"Action": "execute-api:Invoke", "Resource": resources}
    for name, effect in _BY_ACCOUNT.items():
        if written.get(name):
            yield {"Effect": effect, **base, "Principal": {"AWS": members(written[name])}}
    everybody = {**base, "Principal": "*"}
    for condition in _conditions(written):
        yield {"Effect": "Allow", **everybody}
        yield {"Effect": "Deny", **everybody, "Condition": condition}


def _conditions(written: MarkedMap) -> Iterator[dict[str, Any]]:
    """What shuts out, each a statement of its own."""
    for name, operator in _BY_ADDRESS.items():
        if written.get(name):
            yield {operator: {"aws:SourceIp": members(written[name])}}
    for name, operator in _BY_NETWORK.items():
        sources: dict[str, list[Any]] = {}
        for source in members(written.get(f"SourceVpc{name}")):
            key = "aws:SourceVpce" if str(source).startswith("vpce-") else "aws:SourceVpc"
            sources.setdefault(key, []).append(source)
        for kind, key in _KEYS.items():
            if f"{kind}{name}" in written:
                sources.setdefault(key, []).extend(members(written[f"{kind}{name}"]))
        if sources:
            yield {operator: sources}
