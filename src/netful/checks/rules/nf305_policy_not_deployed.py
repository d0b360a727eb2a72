"""NF305: a REST API's policy or endpoints change, but no new deployment activates them. Compares two versions.

An API's resource policy and endpoints take effect with a deployment. CloudFormation makes a new one only if its logical
id or properties change. Otherwise the update succeeds, and API Gateway still applies the old policy.

Instead: Change the deployment's logical id together with the policy.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud


@Rule.of_change("changed policy is not deployed", Severity.HIGH)
def check(old: Facts, new: Facts) -> Problems:
    for api in new.cloud.apis.rest_apis.values():
        before = old.cloud.apis.rest_apis.get(api.id)
        changed = _changes(before, api) if before else []
        if changed and _deployments(old.cloud, api.id) == _deployments(new.cloud, api.id) != set():
            yield Problem.of(
                api,
                f"the {' and '.join(changed)} of `{api.id}` changed, but its deployment did not: the old settings stay active",
                "give the deployment a new logical id, for example with a hash of the API",
            )


def _changes(before: RestApi, after: RestApi) -> list[str]:
    pairs = {
        "resource policy": (before.policy, after.policy),
        "endpoint type": (before.endpoint_type, after.endpoint_type),
        "endpoint list": (before.vpc_endpoint_ids, after.vpc_endpoint_ids),
    }
    return [name for name, (old, new) in pairs.items() if old != new]


def _deployments(cloud: Cloud, api_id: str) -> set[str]:
    """Return the API's deployments, without those that a transform makes again for every change."""
    api = cloud.apis.rest_apis[api_id]
    return {d.id for d in cloud.apis.deployments.values() if d.api_id == api_id and d.origin != api.origin}
