"""NF206: an endpoint's policy denies an action of a function, or of AWS on its behalf (vpc-network §5.4).

The endpoint's policy, the role and the resource's own policy must all allow a request through an endpoint. An endpoint
policy that names some actions or buckets denies all others with 403. Among them are AWS's own buckets with container
layers and packages.

Instead: In the endpoint's policy, allow every action and resource that is used through it.
"""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Walked
from netful.checks.facts.fargate_tasks import fargate_tasks
from netful.checks.facts.permissions import called_on
from netful.checks.facts.proof import denied_uses, problem
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.iam import policies
from netful.engine.tasks.needs import needs_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.network.vpc import Vpc


@Rule.of("endpoint policy denies an action in use", Severity.HIGH)
def check(facts: Facts) -> Problems:
    found: dict[tuple[str, str], list[tuple[Walked, Hop]]] = {}
    for walked, hop in denied_uses(facts, HopKind.POLICY):
        found.setdefault((walked.function.id, hop.component), []).append((walked, hop))
    for uses in found.values():
        used = [(walked, hop) for walked, hop in uses if _is_used(facts, walked, len(uses))]
        if used:
            walked, hop = used[0]
            what = ", ".join(walked.use.action or walked.use.destination for walked, _ in used[:3])
            whole = f"{what} and {len(used) - 3} more" if len(used) > 3 else what
            message = f"the policy of `{hop.component}` denies `{walked.function.id}` {whole}"
            yield problem(walked, hop, hop.component, message, cause=f"`{hop.component}`")
    yield from _image_layers(facts.cloud)


def _is_used(facts: Facts, walked: Walked, count: int) -> bool:
    """Return whether a denied action is used: the code calls it, or the endpoint denies all actions there that the role allows.

    A role may allow more than the code calls, as SAM's policy templates do.
    """
    if walked.use.destination.startswith("https://"):
        return (
            False  # a variable's URL is the beginning of those that are called, and the policy may allow some of them
        )
    if not walked.use.action:
        return True
    handler = facts.handlers.get(walked.function.id)
    if handler and walked.use.action.lower() in called_on(handler, walked.use.service):
        return True
    allowed = [use for use in facts.uses[walked.function.id] if use.service == walked.use.service and use.action]
    return len(allowed) == count


def _is_from_ecr(cloud: Cloud, task: Resource) -> bool:
    return any(
        need.kind == "image" and need.destination != "internet"
        for need in needs_of(task.properties, cloud.region_of(task.id))
    )


def _vpcs(cloud: Cloud, owner: Resource) -> Iterator[Vpc]:
    return filter(None, map(cloud.network.vpc_of_interface, cloud.network.interfaces_of(owner.id)))


def _image_layers(cloud: Cloud) -> Problems:
    """Find policies that block the layers of container images, which are in a bucket of AWS."""
    pulling = {endpoint.vpc_id for endpoint in cloud.network.vpc_endpoints.values() if endpoint.service == "ecr.dkr"}
    pulling |= {
        vpc.id for owner, task in fargate_tasks(cloud) if _is_from_ecr(cloud, task) for vpc in _vpcs(cloud, owner)
    }
    bucket = cloud.arn("s3", f"prod-{cloud.region}-starport-layer-bucket/layer")
    request = policies.PolicyRequest("s3:GetObject", bucket)
    for endpoint in cloud.network.vpc_endpoints.values():
        document = endpoint.policy_document
        if (
            endpoint.service != "s3"
            or endpoint.vpc_id not in pulling
            or document is None
            or isinstance(document, Unknown)
        ):
            continue
        if policies.evaluate(document, request).outcome == "deny":
            yield Problem.of(
                endpoint,
                f"the policy of `{endpoint.id}` denies the bucket with the layers of container images",
                f"allow `s3:GetObject` on `{bucket.removesuffix('layer')}*`",
                Certainty.LIKELY,
            )
