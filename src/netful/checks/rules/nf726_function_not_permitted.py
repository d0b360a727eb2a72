"""NF726: a function does not permit the API, load balancer, topic, rule or bucket that invokes it (api-gateway §5.10, §7.6)."""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.admission.invocation import integration_step
from netful.engine.authorization.permissions import function_of, may_ask
from netful.engine.authorization.service_permissions import may_be_target
from netful.engine.events.senders import may_invoke, sendings
from netful.engine.flows.codes import Code
from netful.engine.integrations.integration_targets import asked
from netful.engine.load_balancers.target_groups import members
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Function


@Rule.of(
    title="function does not permit its invoker",
    severity=Severity.HIGH,
    why=(
        "API Gateway, load balancers, SNS, EventBridge and S3 invoke a function only if its own policy allows it. Without "
        "that, an API answers 500, a load balancer does not register the function, and messages of topics and rules are lost. "
        "Aliases and versions have policies of their own."
    ),
    instead="Add an `AWS::Lambda::Permission` for the service, with the API, target group, topic, rule or bucket as its source.",
)
def check(facts: Facts) -> Problems:
    functions = facts.cloud.compute.functions
    for function_id, service, invoker in dict.fromkeys((*_of_apis(facts.cloud), *_of_balancers(facts.cloud))):
        yield _problem(functions[function_id], function_id, service, invoker)
    for sender, function_id, service in _of_senders(facts.cloud):
        yield _problem(sender, function_id, service, sender.id)


def _problem(place: Function | Resource, function_id: str, service: str, invoker: str) -> Problem:
    return Problem.of(
        place,
        f"no `AWS::Lambda::Permission` lets `{invoker}` invoke `{function_id}`",
        f"add a permission for `{service}` to invoke `{function_id}`",
        Certainty.LIKELY,
    )


def _of_apis(cloud: Cloud) -> Iterator[tuple[str, str, str]]:
    for api in cloud.apis.by_id.values():
        for stage in cloud.apis.stages_of(api.id):
            for route in api.routes:
                method = "GET" if route.http_method == "ANY" else route.http_method
                ruling = integration_step(cloud, api, stage, route, method).ruling
                if ruling.code is Code.NETFUL_API_NO_INVOKE_PERMISSION:
                    yield ruling.component, "apigateway.amazonaws.com", api.id
        for authorizer in api.authorizers.values():
            if may_ask(cloud, api, authorizer, None) is False:
                yield str(asked(cloud, authorizer, None).function), "apigateway.amazonaws.com", authorizer.id


def _of_balancers(cloud: Cloud) -> Iterator[tuple[str, str, str]]:
    for group in cloud.balancing.target_groups.values():
        for member in members(cloud, group):
            if member.function_id and may_be_target(cloud, group, member.function) is False:
                yield member.function_id, "elasticloadbalancing.amazonaws.com", group.id


def _of_senders(cloud: Cloud) -> Iterator[tuple[Resource, str, str]]:
    for resource in cloud.template.resources.values():
        for sending in sendings(cloud, resource):
            if ":lambda:" in sending.target and not may_invoke(cloud, sending):
                yield resource, function_of(cloud, sending.target), sending.service
