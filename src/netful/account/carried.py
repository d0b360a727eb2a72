"""Changes by API calls, carried over a deployment: what a template does not change keeps what calls made of it.

Theory: three clouds are compared. A thing differs between the cloud as it was written and the cloud that runs: an API call
changed it. A deployment writes the next cloud. A thing that is written as before stays as the call left it; a thing that is
written in another way is as written, as with CloudFormation, which sets only what a template changes. What a call made stays
as long as its owner.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.account.changes import Edit, Put, Remove, changed
from netful.account.ec2.writes.template_rules import template_rules
from netful.account.owners import with_owners
from netful.account.things import is_same, parts
from netful.model.allocation import with_functions
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.sources.account.deployed_stack import DeployedStack


def carried(
    written: Cloud,
    running: Cloud,
    following: Cloud,
    kept: Iterable[Resource] = (),
    imported: Iterable[str] = (),
) -> Cloud:
    """Return the next cloud as written, with the changes that API calls made to the one that runs.

    `kept` are resources of stacks that the new one does not have, and that stay. `imported` are resources of the account that a stack
    of the new one takes as they are. Raises SourceError where a resource that a
    call changed does not fit any more.
    """
    by_calls = (one for one in edits_of(written, running) if _stays(one, written, following))
    retained = {one.id: replace(one, stack="") for one in kept}  # a stack of that name may come again
    now, will = running.template.resources, following.template.resources
    taken = (replace(will[id_], properties=now[id_].properties) for id_ in imported if id_ in now)
    stays = (*by_calls, *map(Put, retained.values()), *map(Put, taken))
    owned = with_owners(stays, running.template.resources, following.template.resources)
    edits = (*owned, *template_rules(written, running, following))
    merged = changed(following, edits, running) if edits else following
    found = {name: _merged(one, running.part(name), merged.part(name), retained) for name, one in parts(written)}
    functions = found.pop("functions")
    merged = merged.having(**{name: one for name, one in found.items() if one is not merged.part(name)})
    return merged if functions is merged.compute.functions else with_functions(merged, functions)


def known_ids(cloud: Cloud, deployed: Iterable[DeployedStack]) -> dict[str, dict[str, str]]:
    """Return the ids of the resources of deployed stacks, by stack and logical id."""
    names = [one.name for one in deployed]
    found: dict[str, dict[str, str]] = {}
    for one in cloud.template.resources.values():
        if one.stack.partition("/")[0] in names:
            found.setdefault(one.stack, {})[one.logical_id] = one.id
    return found


def edits_of(written: Cloud, running: Cloud) -> Iterator[Edit]:
    """Yield the edits of resources by which calls led from the cloud as written to the one that runs."""
    old, now = written.template.resources, running.template.resources
    for id_ in dict.fromkeys((*old, *now)):
        if not is_same(old.get(id_), now.get(id_)):
            yield Put(now[id_]) if id_ in now else Remove(id_)


def _stays(edit: Edit, written: Cloud, following: Cloud) -> bool:
    """Return whether the next cloud writes the resource of an edit as before."""
    id_ = edit.resource.id if isinstance(edit, Put) else edit.id
    return is_same(written.template.resources.get(id_), following.template.resources.get(id_))


def _merged(
    old: Mapping[str, Any], now: Mapping[str, Any], new: Mapping[str, Any], retained: Collection[str]
) -> Mapping[str, Any]:
    """Return the things of a part: as written, but for those that calls changed and those of retained resources."""
    stays = {id_: now[id_] for id_ in retained if id_ in now and id_ not in new}
    new = {**new, **stays} if stays else new
    by_calls = [
        id_
        for id_ in dict.fromkeys((*old, *now))
        if not is_same(old.get(id_), now.get(id_)) and is_same(old.get(id_), new.get(id_))
    ]
    if not by_calls:
        return new
    merged = {**new, **{id_: now[id_] for id_ in by_calls if id_ in now}}
    return {id_: one for id_, one in merged.items() if id_ in now or id_ not in by_calls}
