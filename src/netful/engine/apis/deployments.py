"""What of an API is live: its methods, policy and answers as they were when its stage's deployment was made (§0, §5.18).

A deployment is a picture of its API. CloudFormation makes a new one only for a deployment with another logical id, which is
why SAM and CDK put a hash into it: what else changes in the API is not live until then. A stage with automatic deployment
always has the API as it is. A stage's own settings are live at once. A canary is another deployment of the same stage, with
stage variables of its own for a share of the requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netful.model.apis.api import Api, RestApi
from netful.model.apis.stage import Deployment, Stage
from netful.model.cloud import Cloud
from netful.model.difference import same


def carried(cloud: Cloud, before: Cloud) -> Cloud:
    """A cloud in which each deployment that was there before still has its API as it was then."""
    return cloud.having(deployed_apis=dict(_pictures(cloud, before)))


def _pictures(cloud: Cloud, before: Cloud) -> Iterator[tuple[str, Api]]:
    for deployment in cloud.apis.deployments.values():
        now = cloud.apis.by_id.get(str(deployment.api_id))
        earlier = before.apis.deployments.get(deployment.id)
        if now is None or earlier is None or earlier.api_id != deployment.api_id:
            continue
        picture = before.apis.deployed_apis.get(deployment.id) or before.apis.by_id.get(now.id)
        if picture is not None and not same(picture, now):
            yield deployment.id, picture


def deployed(cloud: Cloud, made: Deployment) -> Cloud:
    """A cloud with a deployment of an API as it is now."""
    return cloud.having(deployments={**cloud.apis.deployments, made.id: made})


def redefined(cloud: Cloud, api: RestApi) -> Cloud:
    """A cloud with an API that is not as it was, of which every deployment keeps its picture."""
    return carried(cloud.having(rest_apis={**cloud.apis.rest_apis, api.id: api}), cloud)


def live_api(cloud: Cloud, api: Api, stage: Stage) -> Api:
    """The API as a stage serves it."""
    if stage.auto_deploy or not isinstance(stage.deployment_id, str):
        return api
    return cloud.apis.deployed_apis.get(stage.deployment_id, api)


def as_canary(stage: Stage) -> Stage:
    """A stage as it is for the share of requests that its canary takes."""
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
    """For each stage that does not serve its API as the template has it, a sentence that says so."""
    return tuple(
        f"{api.origin}: `{api.id}` has changed, but not its deployment `{stage.deployment_id}`: stage `{stage.stage_name}` "
        "serves it as it was deployed; give the deployment another logical id, or make one by CreateDeployment"
        for stage in cloud.apis.stages.values()
        if (api := cloud.apis.by_id.get(str(stage.api_id))) is not None and live_api(cloud, api, stage) is not api
    )
