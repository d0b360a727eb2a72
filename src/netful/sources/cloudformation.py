"""CloudFormation: templates to resources, resources to a cloud."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, replace
from netful.model.network.network import Network
from netful.model.unread import Unread, Weight
from netful.sources import apis, cdk, cdk_lines, sam
from netful.sources.account import stack_tags
from netful.sources.files import document
from netful.sources.parts import filled
from netful.sources.readers import (
    block_public_access,
    capacity_providers,
    classic_load_balancers,
    client_vpns,
    distributions,
    dns_firewall,
    encryption_controls,
    environments,
    flow_logs,
    functions,
    gateways,
    hosted_zones,
    iam,
    instances,
    load_balancers,
    managed,
    network_acls,
    network_firewalls,
    profiles,
    resolver,
    route_tables,
    security_groups,
    transit_gateways,
    vpc,
    vpc_endpoints,
    web_acls,
)
from netful.sources.template import macros, template
from netful.sources.template.definitions import with_definition
from netful.sources.template.loaded_stacks import LoadedStacks
from netful.sources.template.reading import Inventory
from netful.sources.template.referred import referred_names
from netful.sources.template.template import Template
from netful.sources.template.template_scope import TemplateScope
from netful.sources.understanding import judgement

READERS = (
    *vpc.READERS,
    *gateways.READERS,
    *block_public_access.READERS,
    *flow_logs.READERS,
    *vpc_endpoints.READERS,
    *network_firewalls.READERS,
    *instances.READERS,
    *load_balancers.READERS,
    *classic_load_balancers.READERS,
    *managed.READERS,
    *environments.READERS,
    *client_vpns.READERS,
    *route_tables.READERS,
    *security_groups.READERS,
    *network_acls.READERS,
    *transit_gateways.READERS,
    *hosted_zones.READERS,
    *distributions.READERS,
    *resolver.READERS,
    *dns_firewall.READERS,
    *encryption_controls.READERS,
    *profiles.READERS,
    *functions.READERS,
    *capacity_providers.READERS,
    *iam.READERS,
    *web_acls.READERS,
    *apis.READERS,
)
"""Readers of the resources of templates."""


def read(path: Path, given: Mapping[str, Any]) -> Template:
    """Return the template in a file, its macros expanded."""
    source = document.read(path)
    macros.expand(source, given)
    return template.of(source, given)


def complete(written: Template, region: str, *, uploaded: bool = False) -> Template:
    """Return the template as AWS deploys it to a region: SAM translated, assets in their place, checked.

    `uploaded`: the assets are objects in S3, wherever they were before.
    """
    if not uploaded:
        sam.use_built(written)
    if sam.is_needed(written):
        sam.translate(written, region)
    if not uploaded:
        cdk.use_local_assets(written)
        cdk.use_own_types(written)
        constructs = cdk_lines.constructs(Path(written.file))
        cdk.use_paths(written, constructs.paths)
        written.source_origins = constructs.origins
    template.check(written)
    return written


def cloud(loaded: LoadedStacks, beside: Network) -> Cloud:
    """Return everything that loaded stacks describe. `beside` is the network of described accounts, to which they may add."""
    stacks = loaded.stacks
    for stack in stacks:
        stack.check()
    place = loaded.region, loaded.account_id
    resources = [_resource(loaded, stack, name) for stack in stacks for name in stack.resources]
    by_id = {resource.id: resource for resource in resources}
    deployed = {one.name for one in stacks if one.template.given_ids}
    inventory = Inventory(by_id, *place, loaded.public_addresses, beside=beside, deployed=deployed)
    opened = {one.resources.ids[name] for one in stacks for name in one.resources if (one.name, name) in loaded.nested}
    tables = (beside.route_tables, beside.network_acls, beside.transit_gateway_route_tables)
    names = {**{id_: id_ for described in tables for id_ in described}, **inventory.names}
    unread = judgement.heaviest_first(
        (
            *judgement.unread({id_: one for id_, one in by_id.items() if id_ not in opened}, names),
            *(one for stack in stacks for one in _left_out(stack)),
        )
    )
    outputs = tuple(stack.outputs.output(name) for stack in stacks for name in stack.outputs)
    return Cloud.of(
        region=loaded.region,
        account_id=loaded.account_id,
        **filled((inventory, READERS)),
        resources=by_id,
        parameters={name: text for stack in stacks for name, text in stack.parameters.texts().items()},
        missing_parameters=tuple(dict.fromkeys(name for stack in stacks for name in stack.parameters.missing())),
        missing_imports=tuple(loaded.missing_imports),
        imports={stack.name: tuple(stack.imports) for stack in stacks if stack.imports},
        outputs=outputs,
        dangling_references=tuple(one for stack in stacks for one in stack.dangling),
        warnings=tuple(dict.fromkeys([*_warnings(stacks), *inventory.warnings, *judgement.warnings(unread)])),
        unread=unread,
    )


def _left_out(stack: TemplateScope) -> Iterator[Unread]:
    """Yield the macros of a template that were not run: they may touch all of its stack."""
    ids = tuple(stack.resources.ids.values())
    for one in stack.template.left_out:
        yield Unread(stack.name, one.what, Weight.ASSUMED, ids, origin=one.origin, needs=one.needs)


def _warnings(stacks: Iterable[TemplateScope]) -> Iterator[str]:
    return (text for stack in stacks for text in stack.warnings)


def _resource(loaded: LoadedStacks, stack: TemplateScope, logical_id: str) -> Resource:
    resource = with_definition(stack.resources.resource(logical_id))
    if stack.deployed is not None and stack.deployed.id:
        name, id_ = (str(stack.ref(f"AWS::Stack{what}", resource.origin)) for what in ("Name", "Id"))
        resource = stack_tags.tagged(resource, logical_id, name, id_, stack.deployed.tags)
    ref = stack.ref(logical_id, resource.origin)
    source_origin = stack.template.source_origins.get(logical_id)
    own_account, own_region = stack.template.places.get(logical_id, ("", ""))
    own_account, own_region = own_account or stack.account_id, own_region or stack.region
    return replace(
        resource,
        ref=ref if isinstance(ref, str | Unknown) else str(ref),
        references=tuple(dict.fromkeys(referred_names(loaded, stack, logical_id))),
        source_origin=source_origin,
        region=own_region if own_region != loaded.region else "",
        account_id=own_account if own_account != loaded.account_id else "",
    )
