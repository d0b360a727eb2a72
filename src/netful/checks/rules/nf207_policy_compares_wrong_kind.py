"""NF207: a policy of an endpoint or an API compares a condition key with an id of another kind.

`aws:SourceVpc` is the id of a VPC and `aws:SourceVpce` that of an endpoint; keys of accounts and organizations have
their own forms. A comparison with another kind of id is never equal: an Allow admits no request, a Deny with
`StringNotEquals` rejects every one, and a Deny with `StringEquals` none. `aws:SourceIp` is a public address: a request
through an endpoint has none, and has its private address in `aws:VpcSourceIp`.

Instead: Compare each key with an id of its own kind: `aws:SourceVpce` with `!Ref Endpoint`, `aws:SourceVpc` with `!Ref
Vpc`, `aws:VpcSourceIp` with private addresses.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.iam.resource_policies import ATTACHMENTS
from netful.model.core import Origin, every_part, listed, mapping, mappings

_KIND_OF_KEY = {
    "aws:sourcevpc": "VPC",
    "aws:sourcevpce": "VPC endpoint",
    "aws:sourcevpcarn": "ARN",
    "aws:principalaccount": "account",
    "aws:resourceaccount": "account",
    "aws:sourceaccount": "account",
    "aws:vpceaccount": "account",
    "aws:principalorgid": "organization",
    "aws:resourceorgid": "organization",
    "aws:sourceorgid": "organization",
    "aws:vpceorgid": "organization",
    "aws:sourceip": "address range",
    "aws:principalarn": "ARN",
    "aws:sourcearn": "ARN",
}
_PRIVATE = "private address range"
_KINDS = {
    "VPC": re.compile(r"vpc-[0-9a-f]{8,}"),
    "VPC endpoint": re.compile(r"vpce-[0-9a-f]{8,}"),
    "VPC endpoint service": re.compile(r"vpce-svc-[0-9a-f]{8,}"),
    "subnet": re.compile(r"subnet-[0-9a-f]{8,}"),
    "security group": re.compile(r"sg-[0-9a-f]{8,}"),
    "account": re.compile(r"\d{12}"),
    "organization": re.compile(r"o-[a-z0-9]{10,32}"),
    "organizational unit": re.compile(r"ou-[a-z0-9]{4,}-[a-z0-9]{8,}"),
    "ARN": re.compile(r"arn:[a-z-]+:.*"),
    _PRIVATE: re.compile(r"(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d./]+"),
    "address range": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?"),
}
_WITH_POLICIES = (
    *ATTACHMENTS,
    "AWS::IAM::Group",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
)


@Rule.of("policy compares a condition key with an id of another kind", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for endpoint in facts.cloud.network.vpc_endpoints.values():
        yield from _of_policy(endpoint.id, endpoint.origin, endpoint.policy_document)
    for api in facts.cloud.apis.rest_apis.values():
        yield from _of_policy(api.id, api.origin, api.policy)
    for resource in facts.cloud.template.of_type(*_WITH_POLICIES):
        for part in every_part(resource.properties):
            yield from _of_policy(resource.id, resource.origin, part)


def _of_policy(owner: str, origin: Origin, policy: Any) -> Problems:
    for statement in mappings(listed(mapping(policy).get("Statement"))):
        for key, kind, text in _compared(mapping(statement.get("Condition"))):
            wanted = _KIND_OF_KEY[key.lower()]
            article = "an" if kind[0] in "aoA" else "a"
            own = f"compare `{key}` with the id of {'an' if wanted[0] in 'aoA' else 'a'} {wanted}"
            yield Problem(
                owner,
                origin,
                f"the policy of `{owner}` compares `{key}` with `{text}`, which is {article} {kind}: they are never equal",
                "compare `aws:VpcSourceIp`, the address of a request through an endpoint" if kind == _PRIVATE else own,
            )


def _compared(condition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Return the keys, the kinds and the values of comparisons in which no value is of the key's kind."""
    for operator, keys in condition.items():
        if not any(word in operator for word in ("String", "Arn", "IpAddress")):
            continue
        for key, value in mapping(keys).items():
            values = listed(value)
            kinds = [_kind(text) for text in values]
            wanted = _KIND_OF_KEY.get(key.lower())
            if wanted and kinds and all(kind and kind != wanted for kind in kinds):
                yield key, kinds[0], str(values[0])


def _kind(text: Any) -> str:
    """Return the kind of an id, "" if it is not known."""
    if not isinstance(text, str):
        return ""
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(text)), "")
