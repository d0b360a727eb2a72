"""Resources that an argument may mean where a plan does not show its expression.

| the plan lacks | candidates |
|---|---|
| a local value | the only resource of a type that the argument refers to: of the module, else of the plan |
| a value within the map of `for_each` | what the text of that value names, else the resources in that map, of a type that fits |
| an instance of a VPC for a subnet | the only one whose block contains the subnet's: it is no assumption |
| the expression of a `dynamic` block in a module | what its text names, else the only group of the module, and what the variable of the argument's name means |

Each of the others is an assumption, which the translation names.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.plan.references import AttributeReference, Found, Referring, are_lists
from netful.sources.terraform.types.resource_types import LISTS, PROXIED, REFERRED, WITHIN_EACH, kind_of

_FURTHER_BLOCKS = ("aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association")


def fitting(planned: Iterable[Planned], resource: Planned, name: str) -> list[Planned]:
    """Return the resources that an argument may refer to: those of its module, else of the plan; for a list those of its module."""
    wanted = REFERRED.get(name, ())
    every = [one for one in planned if kind_of(one.type) in wanted and one.address != resource.address]
    own = [one for one in every if one.module.address == resource.module.address]
    return own if name in LISTS else own or every


def around(
    referring: Referring, planned: Iterable[Planned], resource: Planned, name: str, expression: object
) -> list[Found]:
    """Return the VPC of a subnet, of several that an expression names: the one whose block contains the subnet's, as in AWS.

    None of them if VPCs of the plan have further blocks.
    """
    if (resource.type, name) != ("aws_subnet", "vpc_id") or any(one.type in _FURTHER_BLOCKS for one in planned):
        return []
    named = [one for one in referring.found(resource, expression, several=True) if isinstance(one, AttributeReference)]
    try:
        own, *blocks = (
            IPv4Network(str(one.values.get("cidr_block"))) for one in (resource, *(one.resource for one in named))
        )
    except ValueError:  # a block that is not known
        return []
    holding: list[Found] = [one for one, block in zip(named, blocks, strict=True) if own.subnet_of(block)]
    return holding if len(holding) == 1 else []


def given(referring: Referring, planned: Iterable[Planned], resource: Planned, name: str) -> list[Found]:
    """Return what an argument of a `dynamic` block is given."""
    if resource.module.parent is None:
        return []
    variable = resource.module.variable_like(name)
    written = {"references": [variable]} if variable else {}
    found = referring.meant(resource, written, several=name in LISTS)
    every = fitting(planned, resource, name) if name in LISTS else []
    own: list[Found] = [AttributeReference(one, "id") for one in every] if len(every) == 1 else []
    of_variable = found if all(isinstance(one, AttributeReference) for one in found) else []
    return [*own, *of_variable] or [*within_each(referring, resource, name, written, found)]


def within_each(
    referring: Referring, resource: Planned, name: str, expression: object, meant: list[Found]
) -> list[AttributeReference]:
    """Return what an argument may mean, if it may be a value within the map of `for_each`: that, and what else it names.

    A list means all instances of one resource, and nothing where it may be some of them, or another one.
    """
    several = name in LISTS
    beside = [one for one in meant if isinstance(one, AttributeReference)]
    kinds = () if several and beside else _kinds(resource, name)
    every = referring.within_each(resource, expression) if kinds else []
    held = [one for one in every if kind_of(one.resource.type) in kinds and (one.written or several)]
    found = {one.resource.address: one for one in ([*beside, *held] if held else ())}
    one_list = all(one.whole for one in held) and not are_lists(held)
    return [] if several and len(found) > 1 and not one_list else [*found.values()]


def _kinds(resource: Planned, name: str) -> tuple[str, ...]:
    """Return the types that an argument may mean by a value within a map."""
    proxied = str(resource.values.get("integration_type")).startswith("HTTP")
    return PROXIED if name == "integration_uri" and proxied else WITHIN_EACH.get(name, ())
