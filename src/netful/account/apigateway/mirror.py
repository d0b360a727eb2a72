"""Resources of what the live gateway changes: stages and deployments of REST APIs, and usage plans.

The operations of `live` change things of the model. Their resources follow here, so that the account contains
them: for tags, for an export, and for a stack that is deployed again. A reader returns the same thing from them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import rewritten, tag_list
from netful.account.apigateway.live.rest_stages import remove_stage
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.written import PROPERTIES, WRITERS
from netful.account.changes import Edit, Put, Remove, new
from netful.model.apis.stage import Deployment
from netful.model.cloud import Cloud
from netful.model.core import Resource


def mirroring(operation: Change) -> Change:
    """Return an operation after which the resources are those of the things that it changed."""

    def does(site: Site, wanted: OperationRequest) -> Any:
        before = site.cloud
        answer = operation.does(site, wanted)
        tags = wanted.body.get("tags")
        site.cloud = _mirrored(before, site.cloud, tags if isinstance(tags, dict) else None)
        return answer if tags is None or not isinstance(answer, dict) else {**answer, "tags": tags}

    return Change(operation.method, operation.path, does, operation.status, named=operation.name)


def _mirrored(before: Cloud, cloud: Cloud, tags: Mapping[str, Any] | None = None) -> Cloud:
    """Return a cloud with the resources of its changed things; new ones get tags."""
    resources = {**cloud.template.resources}
    for edit in _edits(before, cloud, tags):
        if isinstance(edit, Put):
            resources[edit.resource.id] = edit.resource
        else:
            resources.pop(edit.id, None)
    return cloud.having(resources=resources)


def without_live_things(site: Site, api_id: str) -> None:
    """Remove the stages and deployments of an API from the draft of a site; usage plans lose the stages too."""
    before = site.cloud
    for stage in before.apis.stages_of(api_id):
        remove_stage(site, stage)
    for deployment in lookups.deployments_of(before, api_id):
        site.remove("deployments", deployment.id)
    site.cloud = _mirrored(before, site.cloud)


def _edits(before: Cloud, cloud: Cloud, tags: Mapping[str, Any] | None) -> Iterator[Edit]:
    for part, written in WRITERS.items():
        old, now = before.part(part), cloud.part(part)
        for id_ in old.keys() - now.keys():
            resource = cloud.template.resources.get(id_)
            if resource is not None and resource.type == written(before, old[id_])[0]:
                yield Remove(id_)
        for id_, thing in now.items():
            if thing is not old.get(id_):
                yield from _edit(cloud, thing, *written(cloud, thing), tags if id_ not in old else None)


def _edit(
    cloud: Cloud, thing: Any, kind: str, own: Mapping[str, Any], tags: Mapping[str, Any] | None
) -> Iterator[Edit]:
    resource = cloud.template.resources.get(thing.id)
    if resource is None:
        tagged = tag_list({"Tags": tags}) if tags else {}
        made = new(kind, thing.id, {**own, **tagged}).resource
        yield Put(replace(made, depends_on=thing.depends_on) if isinstance(thing, Deployment) else made)
    elif resource.type == kind:  # a stage that its deployment describes has no resource of its own
        yield rewritten(resource, {**_others(resource, kind), **own})


def _others(resource: Resource, kind: str) -> dict[str, Any]:
    """Return the properties that no thing has: its tags, and what the model leaves out."""
    return {name: value for name, value in resource.properties.items() if name not in PROPERTIES[kind]}
