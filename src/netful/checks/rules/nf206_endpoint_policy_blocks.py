"""NF206: an endpoint's policy denies what a function does, or what AWS does for it (vpc-network §5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.proof import denied, problem
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.iam import policies
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown


def _find(facts: Facts) -> Iterator[Problem]:
    for walked, hop in denied(facts, _is_policy):
        message = f"the policy of `{hop.component}` denies `{walked.function.id}` {walked.use.action or walked.use.destination}"
        yield problem(walked, hop, hop.component, message)
    yield from _image_layers(facts.cloud)


def _is_policy(hop: Hop) -> bool:
    return hop.kind == HopKind.POLICY


def _image_layers(cloud: Cloud) -> Iterator[Problem]:
    """Container images are read from a bucket that is AWS's own, which a policy for one's own buckets shuts out."""
    pulling = {endpoint.vpc_id for endpoint in cloud.network.vpc_endpoints.values() if endpoint.service == "ecr.dkr"}
    bucket = f"arn:aws:s3:::prod-{cloud.region}-starport-layer-bucket/layer"
    request = policies.Request("s3:GetObject", bucket)
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
            yield Problem(
                endpoint.id,
                endpoint.origin,
                f"the policy of `{endpoint.id}` shuts out the bucket that container images are read from",
                f"allow `s3:GetObject` on `{bucket.removesuffix('layer')}*`",
                Certainty.LIKELY,
            )


RULE = Rule(
    id="NF206",
    slug="endpoint-policy-blocks",
    title="endpoint policy denies what is used",
    severity=Severity.HIGH,
    why=(
        "A request through an endpoint needs the endpoint's policy, the role and the resource's own policy to allow it. "
        "An endpoint policy that names some actions or buckets denies all others with 403, among them buckets of AWS "
        "itself that hold container layers and packages."
    ),
    instead="Allow in the endpoint's policy every action and resource that is used through it.",
    find=_find,
)
