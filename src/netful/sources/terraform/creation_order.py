"""Order of creation in Terraform, written as `DependsOn`.

Terraform creates a resource after all that its arguments refer to and all that its `depends_on` names. The properties of
a template state only a part of these references, so the order is added to the types whose order matters. A resource that
became a part of another one (`Translation.extend`) is replaced by those that it refers to. A plan lacks the references of `dynamic`
blocks: those that their texts gave to properties are added. A plan without a configuration does not have the order: it is taken to be
right.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.model.core import every_part
from netful.sources.files.marked import MarkedList
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.template_references import name_of
from netful.sources.terraform.translation import Translation

_ORDERED = frozenset({"AWS::ApiGateway::Deployment", "AWS::EC2::Route", "AWS::ECS::Service"})


def add_order(making: Translation, planned: Iterable[Planned]) -> None:
    """Add `DependsOn` to the resources of a template whose order matters."""
    by_address = {resource.address: resource for resource in planned}
    for address, ids in making.ids.items():
        ordered = [id_ for id_ in ids if making.resources[id_]["Type"] in _ORDERED]
        if ordered:
            waited = MarkedList(making.file, by_address[address].line)
            for id_ in _awaited(making, by_address, address):
                waited.put(id_)
            for id_ in ordered:
                making.resources[id_].put("DependsOn", waited)


def _awaited(making: Translation, by_address: Mapping[str, Planned], address: str) -> Iterator[str]:
    """Yield the ids of a template's resources that a planned resource waits for."""
    if not by_address[address].module.configuration:
        yield from (id_ for id_, made in making.resources.items() if made["Type"] not in _ORDERED)
        return
    own = (part for id_ in making.ids[address] for part in every_part(making.resources[id_]["Properties"]))
    named = [name for part in own if isinstance(part, dict) and (name := name_of(part)) in by_address]
    seen, waiting = {address}, [address]
    while waiting:
        for found in (*making.awaited(by_address[waiting.pop()]), *named):
            if found not in seen:
                seen.add(found)
                yield from making.ids.get(found, ())
                waiting += () if found in making.ids else (found,)
