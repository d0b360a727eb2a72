"""NF727: the role of an integration does not admit the call of the function or service (api-gateway §5.8).

API Gateway calls a service with the role of the integration. A role that it may not assume makes every call a 500. If
the role lacks the action, the service refuses, and an integration with only a default response turns that into a
success without effect.

Instead: Let `apigateway.amazonaws.com` assume the role, and allow the action on the resource that the integration uses.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.integrations.integration_credentials import RoleRefusal, role_refusal
from netful.engine.integrations.integration_targets import callee, in_stage
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud


@Rule.of("integration's role does not allow its call", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for integration, refused in _refused(facts.cloud):
        yield Problem.of(integration, refused.rule, refused.remedy, Certainty.LIKELY)


def _refused(cloud: Cloud) -> Iterator[tuple[Integration, RoleRefusal]]:
    found = {}
    for api in cloud.apis.by_id.values():
        for stage in cloud.apis.stages_of(api.id):
            for route in api.routes:
                if route.integration is None or route.integration.credentials is None:
                    continue
                own = in_stage(cloud, route.integration, stage)
                refused = role_refusal(cloud, api, own, callee(cloud, own, stage))
                if refused:
                    found[own.id, refused.rule] = own, refused
    yield from found.values()
