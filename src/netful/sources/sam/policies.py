"""The role that SAM makes: managed policies, inline statements and policy templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from netful.sources.files.complaint import close_match, fail
from netful.sources.sam.making import Maker, members, sub

_MANAGED = "arn:${AWS::Partition}:iam::aws:policy/"


def managed(name: str) -> dict[str, str]:
    """The ARN of one of AWS's managed policies."""
    return sub(_MANAGED + name)


def make_role(maker: Maker, service: str, policies: list[Any]) -> str:
    """Add the role of a function or state machine; gives its logical id."""
    role_id = maker.id + "Role"
    arns: list[Any] = []
    inline: list[Any] = []
    for number, policy in enumerate([*policies, *members(maker.properties.get("Policies"))]):
        _sort_policy(maker, policy, f"{role_id}Policy{number}", arns, inline)
    trust = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    assume = maker.properties.get("AssumeRolePolicyDocument") or {"Version": "2012-10-17", "Statement": [trust]}
    properties = {"AssumeRolePolicyDocument": assume, "ManagedPolicyArns": arns, "Policies": inline}
    for name in ("PermissionsBoundary", "RolePath"):
        if name in maker.properties:
            properties[name.removeprefix("Role")] = maker.properties[name]
    maker.make(role_id, "AWS::IAM::Role", properties)
    return role_id


def _sort_policy(maker: Maker, policy: Any, name: str, arns: list[Any], inline: list[Any]) -> None:
    if isinstance(policy, str):
        arns.append(policy if policy.startswith("arn:") else managed(policy))
    elif not isinstance(policy, Mapping):
        fail(f"a policy of `{maker.id}` is not a name or a mapping", maker.properties.origin_of("Policies"))
    elif "Statement" in policy:
        inline.append({"PolicyName": name, "PolicyDocument": policy})
    elif len(policy) == 1 and next(iter(policy)).startswith(("Fn::", "Ref")):
        arns.append(policy)
    else:
        for template, values in policy.items():
            inline.append({"PolicyName": name, "PolicyDocument": _from_template(maker, template, values)})


def _from_template(maker: Maker, template: str, values: Any) -> Any:
    known = _templates()
    if template not in known:
        origin = maker.properties.origin_of("Policies")
        fail(
            f"`{maker.id}` has the policy template `{template}`, which does not exist",
            origin,
            hint=close_match(template, known),
        )
    return _filled(known[template]["Definition"], values if isinstance(values, Mapping) else {})


def _filled(node: Any, values: Mapping[str, Any]) -> Any:
    """A template's definition with the values in place of the references to its parameters."""
    if isinstance(node, dict):
        if set(node) == {"Ref"} and node["Ref"] in values:
            return values[node["Ref"]]
        return {key: _filled(member, values) for key, member in node.items()}
    if isinstance(node, list):
        return [_filled(item, values) for item in node]
    return node


@cache
def _templates() -> dict[str, Any]:
    """SAM's policy templates, as its translator ships them; found without importing the translator."""
    spec = find_spec("samtranslator")
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(spec.submodule_search_locations[0])
    templates = json.loads((folder / "policy_templates_data" / "policy_templates.json").read_text())["Templates"]
    assert isinstance(templates, dict)
    return templates
