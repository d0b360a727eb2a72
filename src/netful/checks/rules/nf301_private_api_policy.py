"""NF301: a private API's resource policy is missing, admits endpoints of every account, or admits none of the endpoints here.

A private API admits only callers that its resource policy allows. Without a policy it cannot be deployed. A policy that
names no endpoint or VPC admits the endpoints of every account in the region.

Instead: Allow `execute-api:Invoke` and deny requests that do not come through your endpoint: `StringNotEquals` on
`aws:SourceVpce`.
"""

from collections.abc import Mapping

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.authorization.permissions import execute_api_arn
from netful.engine.iam import policies, source_context
from netful.engine.iam.source_context import ABSENT_THROUGH_ENDPOINT
from netful.engine.names.api_names import endpoints_of
from netful.model.apis.api import RestApi
from netful.model.core import Unknown

_OF_ANOTHER = {"aws:SourceVpce": "vpce-of-another", "aws:SourceVpc": "vpc-of-another"}
_FENCE = "limit it with `aws:SourceVpce` or `aws:SourceVpc`"


@Rule.of("resource policy of a private API", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.rest_apis.values():
        if not api.private or isinstance(api.policy, Unknown):
            continue
        if api.policy is None:
            message = (
                f"the private API `{api.id}` has no resource policy, so it rejects every caller and cannot be deployed"
            )
            yield Problem.of(api, message, f"give it a `Policy` that allows `execute-api:Invoke`, and {_FENCE}")
        elif _rules(facts, api, _OF_ANOTHER).outcome == "allow":
            message = f"the policy of `{api.id}` admits every VPC endpoint of every account"
            yield Problem.of(api, message, _FENCE, severity=Severity.HIGH)
        else:
            yield from _admits_none(facts, api)


def _admits_none(facts: Facts, api: RestApi) -> Problems:
    answers = {
        endpoint.id: _rules(facts, api, source_context.through(facts.cloud, endpoint))
        for endpoint in endpoints_of(facts.cloud)
    }
    if answers and {decision.outcome for decision in answers.values()} == {"deny"}:
        first, decision = next(iter(answers.items()))
        names = ", ".join(f"`{name}`" for name in answers)
        message = f"the policy of `{api.id}` admits none of the endpoints here: {names}"
        hint = decision.remedy(api.id) or f"allow one of them: compare `aws:SourceVpce` with the id of `{first}`"
        yield Problem.of(api, message, hint, Certainty.LIKELY)


def _rules(facts: Facts, api: RestApi, context: Mapping[str, str]) -> policies.Decision:
    """Return the policy's decision on a request for the API's first route through an endpoint."""
    assert api.policy is not None
    assert not isinstance(api.policy, Unknown)
    stage = next((str(stage.stage_name) for stage in facts.cloud.apis.stages_of(api.id)), "stage")
    method, path = next(((r.http_method, r.path.strip("/")) for r in api.routes), ("GET", ""))
    method = "GET" if method == "ANY" else method
    arn = f"{execute_api_arn(facts.cloud, api)}/{stage}/{method}/{path}"
    request = policies.PolicyRequest("execute-api:Invoke", arn, context=context, absent=ABSENT_THROUGH_ENDPOINT)
    return policies.evaluate(api.policy, request)
