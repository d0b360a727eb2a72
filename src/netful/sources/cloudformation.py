"""CloudFormation: templates to resources, resources to a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.model.cloud import Cloud
from netful.sources import apis, cdk, sam
from netful.sources.files import document
from netful.sources.parts import filled
from netful.sources.readers import (
    classic_load_balancers,
    functions,
    gateways,
    hosted_zones,
    iam,
    instances,
    load_balancers,
    managed,
    network_acls,
    resolver,
    route_tables,
    security_groups,
    transit_gateways,
    vpc,
    vpc_endpoints,
    web_acls,
)
from netful.sources.template import macros, template
from netful.sources.template.deployment import Deployment
from netful.sources.template.reading import Inventory
from netful.sources.template.template import Template
from netful.sources.template.values import as_text

READERS = (
    *vpc.READERS,
    *gateways.READERS,
    *vpc_endpoints.READERS,
    *instances.READERS,
    *load_balancers.READERS,
    *classic_load_balancers.READERS,
    *managed.READERS,
    *route_tables.READERS,
    *security_groups.READERS,
    *network_acls.READERS,
    *transit_gateways.READERS,
    *hosted_zones.READERS,
    *resolver.READERS,
    *functions.READERS,
    *iam.READERS,
    *web_acls.READERS,
    *apis.READERS,
)
"""Readers of the resources of templates."""


def read(path: Path, given: Mapping[str, Any]) -> Template:
    """The template in a file, its macros expanded, checked."""
    source = document.read(path)
    macros.expand(source, given)
    read_template = template.of(source, given)
    if template.SERVERLESS in read_template.transforms or sam.is_needed(read_template):
        sam.expand(read_template)
    cdk.use_local_assets(read_template)
    template.check(read_template)
    return read_template


def cloud(deployment: Deployment) -> Cloud:
    """Return everything that the stacks of a deployment describe."""
    stacks = deployment.stacks
    for stack in stacks:
        stack.judge_rules()
        stack.note_assumed()
        stack.find_dangling()
    resources = [
        stack.resource(name) for stack in stacks for name in stack.template.resources if stack.is_present(name)
    ]
    inventory = Inventory(
        {resource.id: resource for resource in resources},
        deployment.region,
        deployment.account_id,
        deployment.public_addresses,
    )
    outputs = tuple(s.output(name) for s in stacks for name in s.template.outputs if s.has_output(name))
    return Cloud.of(
        region=deployment.region,
        account_id=deployment.account_id,
        **filled((inventory, READERS)),
        resources=inventory.resources,
        parameters={name: as_text(s.parameter(name), origin) for s in stacks for name, origin in s.declarations},
        missing_parameters=tuple(dict.fromkeys(n for s in stacks for n in s.missing_parameters)),
        missing_imports=tuple(deployment.missing_imports),
        outputs=outputs,
        dangling_references=tuple(d for s in stacks for d in s.dangling),
        warnings=tuple(dict.fromkeys([*(w for s in stacks for w in s.warnings), *inventory.warnings])),
    )
