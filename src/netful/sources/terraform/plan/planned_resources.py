"""A plan's resources with their planned values, and their configuration.

`planned_values` and `configuration` are trees of modules; the first by instances (`module.net[0]`), the second
without.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from msgspec import field

from netful.model.core import Frozen, texts
from netful.sources.files.marked import MarkedMap
from netful.sources.terraform.plan.arguments import Arguments

_CALL = re.compile(r"module\.([^.\[]+)(\[(?:[^\"\]]+|\"[^\"]*\")\])?")
_EVERY_INDEX = re.compile(r"\[[^\]]*\]")
_INDEX = re.compile(r"\[(?:\d+|\"[^\"]*\")\]$")
_ASSUMED = ("assume_role_with_web_identity", "assume_role")
_MAIN = "aws"
"""The key of the provider that resources have unless they name another one."""

_ARN = re.compile(r"arn:[\w-]+:[\w-]+:(?P<region>[\w-]*):(?P<account>\d{12}):")
_ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::role/.*)?")
"""The ARN of a role, or the account in it that a variable has: a plan shows `arn:aws:iam::${var.account}:role/r` as its variables."""

_GENERATED = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}|arn:[\w-]+:elasticloadbalancing:.+|Z[A-Z0-9]+_.+")


_BY_NAME = {"aws_lambda_function": "AWS::Lambda::Function", "aws_lambda_permission": "AWS::Lambda::Permission"}
"""Types whose ids are names, which an account has too, in CloudFormation's words."""


class Module(Frozen, dict=True):
    """One instance of a module. `call` is its caller's block, with the expressions for its variables."""

    address: str
    configuration: dict[str, Any]
    parent: Module | None = None
    call: dict[str, Any] = field(default_factory=dict)

    def child(self, name: str, index: str = "") -> Module | None:
        """Return the instance of a module that this one calls."""
        call = mapping(mapping(self.configuration.get("module_calls")).get(name))
        if not call:
            return None
        address = f"{self.address}.module.{name}{index}" if self.address else f"module.{name}{index}"
        return Module(address, mapping(call.get("module")), self, call)

    def variable_like(self, argument: str) -> str:
        """Return the one variable that the caller gives and that is named as an argument (`vpc_subnet_ids`); "" without one."""
        names = (argument, f"{argument.removesuffix('s')}_ids")  # `subnet_ids` for `subnets`
        given = [name for name in mapping(self.call.get("expressions")) if name.endswith(names)]
        return f"var.{given[0]}" if len(given) == 1 else ""

    def written(self, kind: str, name: str) -> dict[str, Any]:
        """Return the configuration of a resource of this module, or of a policy document."""
        return self._written.get((kind, name), {})

    @cached_property
    def _written(self) -> dict[tuple[str, str], dict[str, Any]]:
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for resource in items(self.configuration.get("resources")):
            if _is_read(resource):
                key = str(resource.get("type")), str(resource.get("name"))
                found.setdefault(key, resource)
        return found


class Planned(Frozen, dict=True):
    """A planned resource. `unknown` mirrors `values`: true for a value that is known only after apply.

    `before` are the values of one that is deployed and stays. `region` is its own or its provider's, `account_id` that of the role that
    its provider assumes; "" if the plan does not say it.
    """

    address: str
    type: str
    name: str
    module: Module
    values: Arguments
    unknown: dict[str, Any]
    expressions: dict[str, Any]
    depends_on: list[str]
    line: int
    before: dict[str, Any]
    region: str = ""
    account_id: str = ""

    @property
    def index(self) -> str:
        """`[0]` or `["a"]` of an instance among several; "" of a single one."""
        return index_of(self.address)


DOCUMENT = "aws_iam_policy_document"
"""Type of data whose contents are in a plan that cannot read it yet."""


def _is_read(resource: dict[str, Any]) -> bool:
    return resource.get("mode") != "data" or resource.get("type") == DOCUMENT


def values_of(root: dict[str, Any]) -> dict[str, Any] | None:
    """Return the values that a plan leads to, or those that a state has; None if the document is neither."""
    found = root.get("planned_values", root.get("values"))
    return found if isinstance(found, dict) else None


def resources(root: MarkedMap) -> list[Planned]:
    """Return every managed resource of a plan or a state, and the policy documents that are known only after apply.

    What is deployed and in no change of the plan stays as it is: a plan with `-target` or `-refresh-only` has it in the state before alone.
    So does what the plan forgets, which Terraform does not delete.
    """
    every = (one for one in items(root.get("resource_changes")) if "deposed" not in one)
    changes = {str(one.get("address")): mapping(one.get("change")) for one in every}
    top = Module("", mapping(mapping(root.get("configuration")).get("root_module")))
    planned = _of(mapping(mapping(values_of(root)).get("root_module")), top, changes)
    before = mapping(values_of(mapping(root.get("prior_state")))) if "planned_values" in root else {}
    kept = _of(mapping(before.get("root_module")), top, {})
    changed = {address for address, change in changes.items() if change.get("actions") != ["forget"]}
    stays = (replace(one, before=one.values) for one in kept if one.type != DOCUMENT and one.address not in changed)
    return [_placed(root, one) for one in (*planned, *stays)]


def deferred(root: MarkedMap) -> list[Planned]:
    """Return the resources whose creation or change the plan leaves to a later one."""
    changes = [mapping(one.get("resource_change")) for one in items(root.get("deferred_changes"))]
    top = Module("", mapping(mapping(root.get("configuration")).get("root_module")))
    found: list[Planned] = []
    for one in filter(_is_read, changes):
        module = top
        for call in _CALL.finditer(str(one.get("module_address", ""))):
            module = _module_at(module, f"{module.address}.{call[0]}".lstrip("."))
        found += _of({"resources": [one]}, module, {})
    return found


def deleted_ids(root: MarkedMap) -> frozenset[tuple[str, str]]:
    """Return the ids, as `subnet-0123abcd`, `ZONE_NAME_TYPE` or an ARN, of the resources that the plan deletes, also of those that it replaces.

    With each is the type of one whose id is a name, else "".
    """
    changes = ((str(one.get("type")), mapping(one.get("change"))) for one in items(root.get("resource_changes")))
    gone = ((kind, one) for kind, one in changes if "delete" in texts(one.get("actions")))
    found = ((str(mapping(one.get("before")).get("id")), _BY_NAME.get(kind, "")) for kind, one in gone)
    return frozenset((id_, kind) for id_, kind in found if kind or _GENERATED.fullmatch(id_))


_WHOLES = {
    "aws_alb_target_group_attachment": "target_group_arn",
    "aws_iam_role_policy": "role",
    "aws_iam_role_policy_attachment": "role",
    "aws_lb_target_group_attachment": "target_group_arn",
    "aws_network_acl_association": "network_acl_id",
    "aws_network_acl_rule": "network_acl_id",
    "aws_network_interface_sg_attachment": "network_interface_id",
    "aws_route": "route_table_id",
    "aws_route_table_association": "route_table_id",
    "aws_security_group_rule": "security_group_id",
    "aws_vpc_endpoint_route_table_association": "vpc_endpoint_id",
    "aws_vpc_endpoint_security_group_association": "vpc_endpoint_id",
    "aws_vpc_endpoint_subnet_association": "vpc_endpoint_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
    "aws_vpc_security_group_ingress_rule": "security_group_id",
    "aws_vpn_gateway_route_propagation": "route_table_id",
}
"""Arguments with the id, or a role's name, of what a resource is a part of, by types."""


def deleted_parts(root: MarkedMap) -> dict[str, str]:
    """Return the ids of the resources of which the plan deletes a part, by the addresses of the parts."""
    return {
        one.address: id_
        for one in gone_parts(root, "delete")
        if isinstance(id_ := one.values.get(_WHOLES[one.type]), str)
    }


def gone_parts(root: MarkedMap, *actions: str) -> list[Planned]:
    """Return the parts of resources that the plan deletes or updates, with the values that they have before."""
    found = []
    for one in items(root.get("resource_changes")):
        change, kind = mapping(one.get("change")), str(one.get("type"))
        if kind in _WHOLES and not {*actions}.isdisjoint(texts(change.get("actions"))):
            before = Arguments(mapping(change.get("before")))
            address, module = str(one.get("address")), Module("", {})
            found.append(Planned(address, kind, str(one.get("name")), module, before, {}, {}, [], 0, {}))
    return found


def main_place(root: MarkedMap, planned: Iterable[Planned]) -> tuple[str, str]:
    """Return the account and the region of the plan's `aws` provider; "" for what is not known.

    Where the provider does not say it, they are those of all resources, or of most that are the provider's own and deployed already.
    """
    of_aws = [one for one in planned if one.type.startswith("aws")]
    own = [one for one in of_aws if _provider_of(one) in ("", _MAIN)]
    account_id, region = _place(root, _MAIN, None)
    accounts, regions = [one.account_id for one in of_aws], [one.region for one in of_aws if one.region]
    return (
        account_id or _alone(accounts) or _most(one.account_id for one in own),
        region or _alone(regions) or _most(one.region for one in own),
    )


def _alone(found: Iterable[str]) -> str:
    """Return the text that all are; "" if they differ."""
    every = {*found}
    return every.pop() if len(every) == 1 else ""


def _most(found: Iterable[str]) -> str:
    """Return the text that most are, apart from "", which is the answer without any."""
    return next((one for one, _ in Counter(filter(None, found)).most_common(1)), "")


def _provider_of(resource: Planned) -> str:
    return str(resource.module.written(resource.type, resource.name).get("provider_config_key", ""))


def _placed(root: MarkedMap, resource: Planned) -> Planned:
    """Return a resource of AWS with its account and region: its own, else its provider's, else those in its ARN."""
    if not resource.type.startswith("aws"):
        return resource
    own = resource.values.get("region")
    account_id, region = _place(root, _provider_of(resource), resource.module)
    arn = _ARN.match(str(dict.get(resource.values, "arn")))
    region_there, account_there = (arn["region"], arn["account"]) if arn else ("", "")
    region = own if isinstance(own, str) else region
    return replace(resource, account_id=account_id or account_there, region=region or region_there)


def _place(root: MarkedMap, provider: str, module: Module | None) -> tuple[str, str]:
    """Return the account and the region of a provider by its key; "" for what is not written down.

    `module` is the one of a resource, in or below the provider's. The account is that of the last role that the provider assumes.
    """
    found = mapping(mapping(mapping(root.get("configuration")).get("provider_config")).get(provider))
    while module is not None and _EVERY_INDEX.sub("", module.address) != found.get("module_address", ""):
        module = module.parent
    written = mapping(found.get("expressions"))
    region = next(iter(texts([*_values(root, mapping(written.get("region")), module)])), "")
    roles = [one for kind in _ASSUMED for one in items(written.get(kind))]
    role = mapping(roles[-1].get("role_arn")) if roles else {}
    accounts = (_ACCOUNT.fullmatch(one) for one in texts([*_values(root, role, module)]))
    return next((one[1] for one in accounts if one), ""), region


def _values(root: MarkedMap, expression: dict[str, Any], module: Module | None) -> Iterator[Any]:
    """Yield the value of a constant, or those of variables, which the caller of their module gives."""
    if "constant_value" in expression:
        yield expression["constant_value"]
    variables = (text.split(".") for text in texts(expression.get("references")) if text.startswith("var."))
    for _, name, *members in variables:
        if module is None or module.parent is None:
            value = mapping(mapping(root.get("variables")).get(name)).get("value")
        else:
            given = mapping(mapping(module.call.get("expressions")).get(name))
            declared = mapping(mapping(module.configuration.get("variables")).get(name))
            value = next(_values(root, given, module.parent), None) if given else declared.get("default")
        for member in members:
            value = mapping(value).get(member)
        if value is not None:
            yield value


def data(root: MarkedMap) -> dict[str, dict[str, Any]]:
    """Return the values of data that the plan, or the state, has read, by their addresses."""
    found: dict[str, dict[str, Any]] = {}
    ahead = [mapping(mapping(values_of(mapping(root.get("prior_state", root)))).get("root_module"))]
    while ahead:
        node = ahead.pop()
        ahead += items(node.get("child_modules"))
        every = (one for one in items(node.get("resources")) if one.get("mode") == "data")
        found |= {str(one.get("address")): mapping(one.get("values")) for one in every}
    return found


def _of(node: dict[str, Any], module: Module, changes: dict[str, dict[str, Any]]) -> Iterator[Planned]:
    for resource in items(node.get("resources")):
        kind, name, address = (str(resource.get(key, "")) for key in ("type", "name", "address"))
        if not _is_read(resource) or not address or "deposed_key" in resource:
            continue  # what is deposed was replaced by the resource of its address, and is deleted next
        line = resource.line if isinstance(resource, MarkedMap) else 0
        values, written = Arguments(mapping(resource.get("values"))), module.written(kind, name)
        expressions, depends_on = mapping(written.get("expressions")), texts(written.get("depends_on"))
        change = changes.get(address, {})
        unknown = mapping(change.get("after_unknown"))
        before = {} if "create" in texts(change.get("actions")) else mapping(change.get("before"))
        yield Planned(address, kind, name, module, values, unknown, expressions, depends_on, line, before)
    for child in items(node.get("child_modules")):
        yield from _of(child, _module_at(module, str(child.get("address", ""))), changes)


def _module_at(parent: Module, address: str) -> Module:
    own = address.removeprefix(f"{parent.address}.") if parent.address else address
    found = _CALL.fullmatch(own)
    child = parent.child(found[1], found[2] or "") if found else None
    return child or Module(address, {}, parent)


def index_of(address: str) -> str:
    """Return `[0]` or `["a"]` of an instance among several; "" of a single one."""
    found = _INDEX.search(address)
    return found[0] if found else ""


def mapping(value: Any) -> dict[str, Any]:
    """Return a value as a mapping: an empty one for another value."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return the mappings of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
