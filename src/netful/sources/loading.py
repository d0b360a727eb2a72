"""Loading of files into a cloud."""

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from netful.model.account_parts import with_account_parts
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.core import Origin, SourceError
from netful.model.deployed_already import beside, of_both, under_names, with_defaults
from netful.model.merging import together
from netful.model.names.service_names import REGIONS
from netful.model.network.network import Network
from netful.model.unread import Unread, Weight
from netful.sources import cdk, cloudformation, described, images, osls, terraform
from netful.sources.account.deployed_stack import DeployedStacks
from netful.sources.account.described_stack import PARTS, DescribedStack, Place
from netful.sources.cdk import SynthesizedStack
from netful.sources.files import project_folder
from netful.sources.files.complaint import close_match
from netful.sources.files.project_folder import DEFAULT_NAMES, PACKAGED
from netful.sources.files.unreadable import beginning_of
from netful.sources.nesting import add_nested
from netful.sources.project.files_beside import with_project
from netful.sources.refusals import with_refusals
from netful.sources.refused.zones import of_other_regions
from netful.sources.template.described_stacks import DescribedStacks
from netful.sources.template.loaded_stacks import LoadedStacks, left_out
from netful.sources.template.parameters import REGION, read_files
from netful.sources.template.region import named_account, named_region
from netful.sources.template.template import Template
from netful.sources.template.template_scope import TemplateScope

_BUILT = ("cdk.out", ".serverless")
_BEGINNING = 65_536
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


def load(
    paths: Sequence[Path],
    *,
    parameters: Mapping[str, str] = _NO_VALUES,
    parameter_files: Sequence[Path] = (),
    region: str | None = None,
    deployed: DeployedStacks = DeployedStacks(),  # noqa: B008  # frozen
    stack_name: str = "",
    allow_outside: bool = False,
) -> Cloud:
    """Return the cloud that the sources describe; raises SourceError if one cannot be read.

    A folder stands for the template in it, else for the output of the CDK or the Serverless Framework there; without paths it
    is the current folder. `deployed` are stacks that were deployed since, the ones with names of stacks of the sources in their place.
    `stack_name` is the name of the stack of a single template; its default is the folder's name. `allow_outside` permits
    files outside of the project's folder.
    """
    project_folder.allow(outside=allow_outside, also=(file for one in deployed.stacks for file in one.objects.values()))
    given = {**read_files(parameter_files), **parameters}
    configured = given.pop(REGION, None)
    _require_regions(region, configured)
    places = [_built(path) for path in paths or [Path()]]
    folders = [described.read(path) for path in places if described.is_described(path)]
    accounts, templates_at = [one.cloud for one in folders], [one for one in places if not described.is_described(one)]
    own_name = stack_name if len(templates_at) == 1 else None
    replaced = {*deployed.without, *(stack.name for stack in deployed.stacks)}
    read = [stack for path in templates_at for stack in _stacks(path, own_name)]
    stacks = [stack for stack in read if stack.name not in replaced]
    for stack in stacks:
        project_folder.check_link(stack.file)
    first = together(accounts)
    templates = [_read(stack.file, given) for stack in stacks]
    fixed = region or next((stack.region for stack in stacks if stack.region), "")
    if not fixed:
        fixed = first.region if accounts else configured or named_region(templates, given) or first.region
    account = next((stack.account_id for stack in stacks if stack.account_id), None) or named_account(templates)
    loaded = LoadedStacks(
        fixed,
        account if account and not accounts else first.account_id,
        deployed.known_ids,
        deployed.made,
        _described(first, (one.stacks for one in folders)),
        taken={*deployed.taken},
    )
    own = region is None or region in {stack.region for stack in stacks}
    for stack, template in zip(stacks, templates, strict=True):
        _add(_place(loaded, stack, of_region=own, of_account=not accounts), stack, template, given)
    _warn_unused(loaded.stacks, given)
    for one in deployed.stacks:
        template = cloudformation.complete(cloudformation.read(one.file, one.given), fixed, uploaded=True)
        add_nested(loaded, loaded.add(one.name, template, one.given, one))
    whole = with_refusals(allocate(_joined(loaded, accounts)))
    if region or configured:
        whole = whole.having(warnings=(*whole.template.warnings, *of_other_regions(whole)))
    _check_layers(whole)
    _check_subnets(whole, {one.name for one in loaded.stacks if one.deployed})
    declared = with_project(whole.having(images=images.described(loaded.stacks)), places, loaded.stacks)
    return images.with_images(declared)


def _described(account: Cloud, stacks: Iterable[Mapping[Place, Mapping[str, DescribedStack]]]) -> DescribedStacks:
    """Return the stacks of described accounts, whose cloud is `account`."""
    by_place = dict(ChainMap(*map(dict, stacks)))
    return DescribedStacks(by_place, account.network, account.balancing, account.template.outputs)


def _require_regions(*names: str | None) -> None:
    for name in names:
        if name is not None and not _REGION.fullmatch(name):
            raise SourceError(
                f"`{name}` is no region", hint=close_match(name, REGIONS, "one is written as `eu-west-1`")
            )


def _joined(loaded: LoadedStacks, accounts: list[Cloud]) -> Cloud:
    """Return the cloud of loaded stacks and described accounts. What both have is as the stacks have it."""
    if not accounts:
        return cloudformation.cloud(loaded, Network()) if loaded.stacks else Cloud()
    known = together(accounts)
    types = {id_: one.type for id_, one in known.template.resources.items()}
    given, deleted = with_defaults(loaded.given_names(), known), loaded.deleted_ids(types)
    _warn_deleted(loaded, known, types)
    both = together([of_both(one, given) for one in accounts])
    accounts = [under_names(one, given, deleted) for one in accounts]
    known = together(accounts)
    if not loaded.stacks:
        return known
    own = cloudformation.cloud(loaded, known.network)
    unread = _deleted_parts(loaded, own, together([known, both]), given, types)
    deployed = loaded.deployed_already(types)
    merged = with_account_parts(own, both, deployed)
    return beside(merged.having(unread=(*merged.template.unread, *unread)), accounts, deployed.ids)


def _warn_deleted(loaded: LoadedStacks, known: Cloud, types: Mapping[str, str]) -> None:
    """Add warnings about resources of accounts that are taken as deleted: their template does not have them any more."""
    there = {id_ for _, part in known.parts() if isinstance(part, Mapping) for id_ in part}
    there.update(known.aws_ids.values())
    for stack in loaded.stacks:
        gone = [f"`{name}`" for name, one in left_out(stack, types).items() if one.id in there]
        if gone:
            which = f"{', '.join(gone)} of the stack `{stack.template.stack}`"
            stack.warnings.append(f"{stack.template.file}: does not have {which}: taken as deleted")


def _deleted_parts(
    loaded: LoadedStacks, own: Cloud, known: Cloud, given: Mapping[str, str], types: Mapping[str, str]
) -> Iterator[Unread]:
    """Yield the parts that a deployment deletes of what only an account has, whose answers have them still."""
    net = known.network
    registered = {one.id for one in own.balancing.target_groups.values() if one.targets}
    of_network = net.route_tables, net.network_acls, net.security_groups, net.network_interfaces, net.vpc_endpoints
    wholes = {id_ for part in of_network for id_ in part if id_ not in own.template.resources}
    wholes |= known.balancing.target_groups.keys() - registered
    for name, whole in (item for stack in loaded.stacks for item in stack.template.deleted_parts.items()):
        id_ = given.get(whole) or known.names_by_id.get(whole, whole)
        if id_ in wholes:
            yield Unread(id_, f"deletion of {name}", Weight.DECIDES, (id_,))
    for name, one in (item for stack in loaded.stacks for item in left_out(stack, types).items()):
        possible = [id_ for id_ in known.part(PARTS[one.type]) if id_ in wholes] if one.type in PARTS else ()
        named = tuple(id_ for id_ in (given.get(part, part) for part in one.id.split("|")) if id_ in possible) or tuple(
            possible
        )
        if named:
            yield Unread(name, f"deletion of {name}", Weight.DECIDES, named)


def _place(loaded: LoadedStacks, stack: SynthesizedStack, *, of_region: bool, of_account: bool) -> LoadedStacks:
    """Return the load for a stack's own region and account.

    A given region that no stack has replaces theirs, and a described account theirs.
    """
    region = (of_region and stack.region) or loaded.region
    return loaded.at(region, (of_account and stack.account_id) or loaded.account_id)


def _add(there: LoadedStacks, stack: SynthesizedStack, template: Template, given: Mapping[str, Any]) -> None:
    """Add a stack, and those that are nested in it, to the load of their place."""
    if stack.region not in ("", there.region):
        template.warnings.append(
            f"{template.file}: `{stack.name}` is in {stack.region}, and read as if it were in {there.region}"
        )
    if not terraform.is_plan(stack.file):
        template.given = {**there.described.values(stack.name, there.place), **template.given}
        cloudformation.complete(template, there.region)
        template = there.described.known(template, stack.name, there.place)
        given = {**there.described.values(template.stack, there.place), **given}
    add_nested(there, there.add(stack.name, template, given))


def _check_layers(cloud: Cloud) -> None:
    """Raise SourceError for a layer whose content is outside of the project's folder."""
    for resource in cloud.template.resources.values():
        written = resource.properties.get("Content") if resource.type == "AWS::Lambda::LayerVersion" else None
        if isinstance(written, str) and "://" not in written:
            origin = resource.property_origins.get("Content", resource.origin)
            project_folder.within(origin.file, Path(origin.file).parent / written, origin)


def _check_subnets(cloud: Cloud, deployed: set[str]) -> None:
    """Raise SourceError for a subnet of a deployed stack that AWS refuses."""
    for subnet in cloud.network.subnets.values():
        resource = cloud.template.resources.get(subnet.id) if subnet.refusal else None
        if resource and resource.stack in deployed:
            hint = "give each subnet a block of its own, in one of its VPC"
            raise SourceError(subnet.refusal, origin=resource.origin_of("CidrBlock"), hint=hint)


def _read(file: Path, given: Mapping[str, Any]) -> Template:
    if terraform.is_source(file):
        raise SourceError("the file is not a template", origin=Origin(str(file)), hint=terraform.HOW)
    return terraform.read(file) if terraform.is_plan(file) else cloudformation.read(file, given)


def _stacks(path: Path, name: str | None) -> list[SynthesizedStack]:
    """Return the stacks at a path: a template or a plan, a folder with a template, or a cloud assembly.

    `name` is the name of a stack that is alone, "" for its default; None if there are several.
    """
    if path.is_dir() and cdk.is_assembly(path):
        return cdk.deployed([*cdk.stacks(path)])
    file = _of_folder(path) if path.is_dir() else path
    account_id, region = terraform.place_of(file) if terraform.is_plan(file) else cdk.place_of(file)
    region = region or osls.region_of(file)
    return [SynthesizedStack(name or _stack_name(file, alone=name is not None), file, region, account_id)]


def _built(path: Path) -> Path:
    """Return a path; for a folder without a template, the folder in it with the output of a tool."""
    if not path.is_dir() or project_folder.has_template(path):
        return path
    built = (path / name for name in _BUILT)
    return next((one for one in built if cdk.is_assembly(one) or (one / PACKAGED).is_file()), path)


def _of_folder(folder: Path) -> Path:
    for name in DEFAULT_NAMES:
        if (folder / name).is_file():
            return folder / name
    names = ", ".join(f"`{name}`" for name in (*DEFAULT_NAMES[:-1], *_BUILT))
    hint = _hint_for(folder) or f"name one with `-t PATH`; without it netful reads {names}"
    raise SourceError(f"no template in `{folder.absolute()}`", hint=hint)


def _hint_for(folder: Path) -> str:
    """Return what makes a folder with the sources of a tool readable; "" for another folder."""
    named = next(filter(_may_be_template, sorted(folder.glob("*.y*ml"))), folder)
    hint = {
        folder / "cdk.json": "run `cdk synth`: netful reads `cdk.out`",
        folder / "serverless.yml": "run `serverless package`: netful reads `.serverless`",
        next(folder.glob("*.tf"), folder): terraform.HOW,
        named: f"`-t {named}` names the template",
    }  # fmt: skip
    return next((text for file, text in hint.items() if file.is_file()), "")


def _may_be_template(file: Path) -> bool:
    """Return whether a file begins as a template; a folder, a named pipe and what cannot be opened do not."""
    try:
        return file.is_file() and b"\nResources:" in b"\n" + beginning_of(file, _BEGINNING)
    except SourceError:
        return False


def _stack_name(file: Path, *, alone: bool) -> str:
    """Return the name of a template's folder if it is alone or just called `template`, else the template's own."""
    return file.resolve().parent.name or "stack" if alone or file.stem == "template" else file.stem


def _warn_unused(stacks: Sequence[TemplateScope], given: Mapping[str, Any]) -> None:
    if not stacks:
        return
    declared = {name for stack in stacks for name in stack.template.parameters}
    with_attributes = {name for stack in stacks for name in stack.template.resources}
    whole = not any(stack.template.is_partial for stack in stacks)  # else a macro may make what is given
    for name in given:
        known = name in declared or name.partition(".")[0] in with_attributes
        hint = close_match(name, declared)
        if not known and (hint or whole) and not name.startswith(("AWS::", "resolve:")):
            file, meant = stacks[0].template.file, ", " + hint if hint else ""
            stacks[0].warnings.append(f"{file}: parameter `{name}` is in no template{meant}")
