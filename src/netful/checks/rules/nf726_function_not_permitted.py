"""NF726: a function, queue or topic does not permit the API or the service that calls it (api-gateway §5.10, §7.6).

API Gateway, load balancers, SNS, EventBridge, S3, Cognito, Secrets Manager and others invoke a function only if its own
policy allows it. Without that, an API answers 500, a load balancer does not register the function, sign-ups and
rotations fail, and messages of topics and rules are lost. Aliases and versions have policies of their own. In the same
way, SNS, EventBridge and S3 send to a queue or a topic only if its policy allows it; S3 refuses the bucket.

Instead: Add an `AWS::Lambda::Permission`, `AWS::SQS::QueuePolicy` or `AWS::SNS::TopicPolicy` for the service, with the
API, target group, topic, rule or bucket as its source.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.admission.invocation import integration_step
from netful.engine.authorization.permissions import function_of, may_ask
from netful.engine.authorization.service_permissions import may_be_target, permits
from netful.engine.events.senders import admits, may_invoke, sendings
from netful.engine.flows.codes import Code
from netful.engine.integrations.integration_targets import asked
from netful.engine.load_balancers.target_groups import members
from netful.model.cloud import Cloud
from netful.model.core import Resource, at, words_of
from netful.model.functions.function import Function

_INVOKERS = {
    "AWS::Cognito::UserPool": ("cognito-idp", "LambdaConfig"),
    "AWS::Config::ConfigRule": ("config", "Source.SourceIdentifier"),
    "AWS::IoT::TopicRule": ("iot", "TopicRulePayload"),
    "AWS::Logs::SubscriptionFilter": ("logs", "DestinationArn"),
    "AWS::SES::ReceiptRule": ("ses", "Rule.Actions"),
    "AWS::SecretsManager::RotationSchedule": ("secretsmanager", "RotationLambdaARN"),
}
"""The service that invokes functions, and the property that names them, by type. The source of a permission is not compared."""
_POLICIES = {"sqs": "AWS::SQS::QueuePolicy", "sns": "AWS::SNS::TopicPolicy"}


@Rule.of("function, queue or topic does not permit its sender", Severity.HIGH)
def check(facts: Facts) -> Problems:
    functions = facts.cloud.compute.functions
    for function_id, service, invoker in dict.fromkeys((*_of_apis(facts.cloud), *_of_balancers(facts.cloud))):
        yield _problem(functions[function_id], function_id, service, invoker)
    for sender, function_id, service in (*_of_senders(facts.cloud), *_of_invokers(facts.cloud)):
        yield _problem(sender, function_id, service, sender.id)
    yield from _of_messages(facts.cloud)


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


def _of_invokers(cloud: Cloud) -> Iterator[tuple[Resource, str, str]]:
    for type_, (name, property_) in _INVOKERS.items():
        for resource in cloud.template.of_type(type_):
            services = [f"{name}.amazonaws.com", f"{name}.{cloud.region_of(resource.id)}.amazonaws.com"]
            for arn in dict.fromkeys(words_of(at(resource.properties, property_))):
                function_id = function_of(cloud, arn) if ":function:" in arn else ""
                if function_id in cloud.compute.functions and all(
                    permits(cloud, one, None, arn) is False for one in services
                ):
                    yield resource, function_id, services[0]


def _of_messages(cloud: Cloud) -> Problems:
    for resource in cloud.template.resources.values():
        for sending in sendings(cloud, resource):
            if admits(cloud, sending) is False:
                policy, target = _POLICIES[sending.target.split(":")[2]], cloud.named(sending.target)
                message = f"no `{policy}` lets `{resource.id}` send to `{target}`"
                hint = f"let `{sending.service}` send to `{target}` in an `{policy}`"
                yield Problem.of(resource, message, hint, Certainty.LIKELY)
