"""A plan file, or a state in the same form, and the equivalent template."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netful.model.identity import is_id_of
from netful.sources.files import document
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.template import Template
from netful.sources.terraform.plan import planned_resources, source_lines
from netful.sources.terraform.plan.planned_resources import Planned, mapping
from netful.sources.terraform.resources import translated
from netful.sources.terraform.types.resource_types import kind_of


def read(file: Path) -> Template:
    """Return the template that is equivalent to a plan, or to a state, whose resources are deployed already."""
    source = document.read_json(file)
    root = source.root
    if not isinstance(root, MarkedMap) or planned_resources.values_of(root) is None:
        hint = "write it with `terraform show -json PLAN > plan.json`; without PLAN it is the state"
        fail("the file is not a Terraform plan", _origin(root, source.file), hint=hint)
    planned = planned_resources.resources(root)
    if not planned:
        every = planned_resources.deleted_ids(root)
        why = "the plan deletes all resources" if every else "the plan has no resources"
        hint = (
            "`terraform show -json` without a plan writes what is deployed"
            if every
            else "plan a configuration with resources"
        )
        fail(why, _origin(root, source.file), hint=hint)
    main, data = planned_resources.main_place(root, planned), planned_resources.data(root)
    configuration, deferred = source_lines.Configuration(file), planned_resources.deferred(root)
    try:
        variables = mapping(root.get("variables"))
        gone = planned_resources.gone_parts(root, "delete", "update")
        resources = translated(source.file, planned, variables, data, main[1], configuration, deferred, gone)
    except RecursionError:
        fail("the plan is nested too deep", _origin(root, source.file))
    others = {one.address: place for one in planned if (place := (one.account_id, one.region)) not in (main, ("", ""))}
    empty, places = MarkedMap(source.file, 1), source_lines.origins(configuration, planned)
    origins = {
        name: places.get(name) or places.get(name.rpartition(".")[0]) for name in resources
    }  # a part is in its block
    return Template(
        file=source.file,
        root=root,
        parameters=empty,
        mappings=empty,
        conditions=empty,
        resources=resources,
        outputs=empty,
        rules=empty,
        warnings=[f"{source.file}: {text}" for text in _faults(root, deferred)],
        source_origins={name: origin for name, origin in origins.items() if origin},
        places={
            name: found for name in resources if (found := others.get(name) or others.get(name.rpartition(".")[0]))
        },
        given_ids={name: id_ for one in planned for name, id_ in _given_ids(one, resources.get(one.address), *main)},
        made_values={one.address: {"DNSName": name} for one in planned if (name := _dns_name(one))},
        deleted_ids=planned_resources.deleted_ids(root),
        deleted_parts=planned_resources.deleted_parts(root),
    )


def _faults(root: MarkedMap, deferred: list[Planned]) -> Iterator[str]:
    """Yield why a plan may lack resources, or changes of them."""
    if root.get("errored") is True:
        yield "the plan failed, so it may lack resources and changes; fix its error and plan again"
    elif root.get("complete") is False and not deferred:
        yield "the plan is not complete, so it may lack resources and changes; plan without `-target`"
    for one in deferred:
        yield f"the plan leaves `{one.address}` to a later plan: it is not in the answers"


_MADE_WITH = {
    "default_network_acl_id": "default-acl",
    "default_route_table_id": "main",
    "default_security_group_id": "default",
}
"""Attributes of a VPC with the ids of what AWS makes with it, and the ends of the names of that."""


def _given_ids(resource: Planned, made: Any, account_id: str, region: str) -> Iterator[tuple[str, str]]:
    """Yield the ids that AWS has given to a resource, and to what it makes with a VPC, with their names."""
    own = _given_id(resource, made["Type"], account_id, region) if made else ""
    if own:
        yield resource.address, own
    for attribute, end in _MADE_WITH.items() if own and resource.type == "aws_vpc" else ():
        id_ = dict.get(resource.values, attribute)
        if isinstance(id_, str):
            yield f"{resource.address}.{end}", id_


def _given_id(resource: Planned, kind: str, account_id: str, region: str) -> str:
    """Return the id that AWS has given to a resource; "" if it is not known. The `awscc` provider joins several identifiers by `|`."""
    place = resource.account_id or account_id, resource.region or region
    parts = str(dict.get(resource.values, "id") or "").split("|")
    return next((one for one in parts if is_id_of(kind, *place, one)), "")


def _dns_name(resource: Planned) -> str:
    """Return the name that AWS has given to a load balancer; "" for another resource, and for one that is not deployed."""
    name = dict.get(resource.values, "dns_name") if kind_of(resource.type) == "aws_lb" else ""
    return name if isinstance(name, str) else ""


def place_of(file: Path) -> tuple[str, str]:
    """Return the account and the region of the plan's `aws` provider, else those of all its resources; "" if neither is written down."""
    root = document.read_json(file).root
    return (
        planned_resources.main_place(root, planned_resources.resources(root))
        if isinstance(root, MarkedMap)
        else ("", "")
    )


def _origin(root: Any, file: str) -> Any:
    """Return the beginning of the plan."""
    return root.origin if isinstance(root, MarkedMap) else MarkedMap(file, 1).origin
