"""NF117: a function in a VPC cannot reach the service that waits for its answer.

The answer of some functions is a call: that of a custom resource is written to S3, an evaluation goes to AWS Config, a
job's result to CodePipeline. If the function's subnet has no path there, a stack waits for an hour and fails, and
evaluations and jobs time out.

Instead: Take the function out of the VPC, or add an endpoint for the service or a route to a NAT gateway.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.trace.hints import endpoint_or_nat
from netful.model.core import Resource, at, every_part

_WAITS = {
    "AWS::CloudFormation::CustomResource": ("ServiceToken", "s3"),
    "AWS::Config::ConfigRule": ("Source.SourceIdentifier", "config"),
}
"""The property that names the function, and the service that the function calls at the end, by type."""


@Rule.of("function cannot report back", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.resources.values():
        for name, service in _waits(resource):
            function = facts.cloud.compute.functions.get(facts.cloud.function_of(name))
            source, asked = (function.id, (f"aws:{service}",)) if function else ("", ())
            for path in facts.blocked(source, asked).values():
                message = f"`{resource.id}` waits for `{source}`, which cannot reach aws:{service}"
                hint = path.hint or endpoint_or_nat(service)
                yield Problem.of(resource, message, hint, Certainty.LIKELY, path, cause=f"`{source}`")


def _waits(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the functions, by name or ARN, whose report a resource waits for, and the service that takes it."""
    type_ = "AWS::CloudFormation::CustomResource" if resource.type.startswith("Custom::") else resource.type
    if type_ == "AWS::CodePipeline::Pipeline":
        for part in every_part(resource.properties):
            if at(part, "ActionTypeId.Provider") == "Lambda":
                yield str(at(part, "Configuration.FunctionName")), "codepipeline"
    elif type_ in _WAITS:
        property_, service = _WAITS[type_]
        yield str(at(resource.properties, property_)), service
