"""Launch templates that instances, fleets and groups of nodes of a plan name: by id or by name, whichever is written."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from netful.sources.terraform.makers.vpc import ipv6_addresses
from netful.sources.terraform.plan.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Completion, Translation

_PROPERTIES = {"launch_template_id": "LaunchTemplateId", "launch_template_name": "LaunchTemplateName"}
_OF_LAUNCHED = {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}
_OF_NODES = {"id": "Id", "name": "Name"}


def _named(making: Translation, resource: Planned, block: Block, properties: Mapping[str, str]) -> dict[str, Any]:
    """Return the template that a block names. The provider has values for the arguments that are not written, too."""
    values, unknown, written = block
    own = [name for name in properties if name in written] or [*properties][:1]
    found = {properties[name]: making.argument(resource, name, values, unknown, written) for name in own}
    version = values.get("version")
    return {**found, "Version": version} if isinstance(version, str) else found


def _launched(making: Translation, resource: Planned, properties: Mapping[str, str] = _OF_LAUNCHED) -> dict[str, Any]:
    named = [_named(making, resource, one, properties) for one in blocks_of(resource, "launch_template")]
    return {"LaunchTemplate": named[0]} if named else {}


def _fleet(making: Translation, resource: Planned) -> dict[str, Any]:
    mixed = [_named(making, resource, one, _PROPERTIES) for one in _specifications(resource)]
    policy = {"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": mixed[0]}}} if mixed else {}
    return {**_launched(making, resource), **policy}


def _specifications(resource: Planned) -> Iterator[Block]:
    for policy in blocks_of(resource, "mixed_instances_policy"):
        for template in blocks_in(policy, "launch_template"):
            yield from blocks_in(template, "launch_template_specification")


COMPLETIONS: Mapping[str, Completion] = {
    "aws_instance": lambda making, resource: {**_launched(making, resource), **ipv6_addresses(making, resource)},
    "aws_autoscaling_group": _fleet,
    "aws_eks_node_group": partial(_launched, properties=_OF_NODES),
}
