"""Live state of an API: its methods, policy and responses at the time of its stage's deployment (§0, §5.18).

A deployment is a snapshot of its API. CloudFormation makes a new one only for a deployment with another logical id; that is why
SAM and CDK put a hash into it. Other changes of the API are not live until then. A stage with automatic deployment always has the
current API. A stage's own settings are live at once. A canary is another deployment of the same stage, with its own stage
variables, for a share of the requests.

A method that is made after a deployment, since it waits for it, is not in the deployment that a new stack makes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netful.model.apis.api import Api, ApiRoute, RestApi
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.difference import same


def carried(cloud: Cloud, before: Cloud) -> Cloud:
    """Return the cloud in which each earlier deployment keeps its snapshot."""
    return cloud.having(deployed_apis=dict(_pictures(cloud, before)))


def _pictures(cloud: Cloud, before: Cloud) -> Iterator[tuple[str, Api]]:
    for deployment in cloud.apis.deployments.values():
        now = cloud.apis.by_id.get(str(deployment.api_id))
        earlier = before.apis.deployments.get(deployment.id)
        if now is None or earlier is None or earlier.api_id != deployment.api_id:
            continue
        picture = before.apis.deployed_apis.get(deployment.id) or before.apis.by_id.get(now.id)
        if picture is not None and picture is not now and not same(picture, now):
            yield deployment.id, picture


def is_deployed(api: Api, stage: Stage) -> bool:
    """Return whether a stage serves its API: by automatic deployment, or by a deployment that it has. A REST stage is made with one."""
    return isinstance(api, RestApi) or stage.auto_deploy or stage.deployment_id is not None


def live_api(cloud: Cloud, api: Api, stage: Stage) -> Api:
    """Return the API as a stage serves it."""
    if stage.auto_deploy or not isinstance(stage.deployment_id, str):
        return api
    return cloud.apis.deployed_apis.get(stage.deployment_id, api)


def made_before(cloud: Cloud, names: Iterable[str]) -> set[str]:
    """Return the names of some resources and of all resources that are made before them, by dependencies and references."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        resource = cloud.template.resources.get(name)
        if name not in found and resource is not None:
            waiting += [*resource.depends_on, *resource.references]
        found.add(name)
    return found


def is_made_later(cloud: Cloud, stage: Stage, route: ApiRoute) -> bool:
    """Return whether a route waits for the deployment of a stage, which then does not contain it."""
    deployment = stage.deployment_id
    if stage.auto_deploy or not isinstance(deployment, str) or deployment in cloud.apis.deployed_apis:
        return False
    return deployment in made_before(cloud, (route.id,))


def is_only_in_canary(cloud: Cloud, stage: Stage, route: ApiRoute) -> bool:
    """Return whether the deployment of a stage's canary waits for a route, and the stage's own does not."""
    canary, own = stage.canary, stage.deployment_id
    if canary is None or not isinstance(canary.deployment_id, str) or not isinstance(own, str):
        return False
    if own in cloud.apis.deployed_apis or route.id in made_before(cloud, (own,)):
        return False
    return route.id in made_before(cloud, (canary.deployment_id,))


def as_canary(stage: Stage) -> Stage:
    """Return a stage as its canary serves it."""
    canary = stage.canary
    if canary is None:
        return stage
    return replace(
        stage,
        deployment_id=stage.deployment_id if canary.deployment_id is None else canary.deployment_id,
        variables={**stage.variables, **canary.stage_variable_overrides},
        is_canary=True,
    )


def stale(cloud: Cloud) -> tuple[str, ...]:
    """Return a sentence for each stage that does not serve its API as the template has it."""
    return tuple(
        f"{api.origin}: `{api.id}` has changed, but not its deployment `{stage.deployment_id}`: stage `{stage.stage_name}` "
        "serves it as it was deployed; give the deployment another logical id, or make one by CreateDeployment"
        for stage in cloud.apis.stages.values()
        if (api := cloud.apis.by_id.get(str(stage.api_id))) is not None and live_api(cloud, api, stage) is not api
    )
