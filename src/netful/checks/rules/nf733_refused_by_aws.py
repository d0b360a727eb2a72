"""NF733: AWS refuses a resource, so the deployment fails (vpc-network §1.1, §4.1, §4.8, §5, §6.2, §7.2).

AWS does not create a resource that its rules exclude, so the deployment fails: a further block that a VPC may not have,
a second internet gateway, two subnets in one zone for an interface endpoint, an attachment or a load balancer, an
application load balancer in one zone, two private zones of one name, two gateway endpoints on one table, private DNS of
S3 without a gateway endpoint, or a function in a VPC of dedicated tenancy. Paths through the resource have an
assumption.

Instead: Change the property that the finding names.
"""

from netful.checks.facts import function_limits
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.sources.refusals import before_deployment


@Rule.of("AWS refuses a resource", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for one in before_deployment(facts.cloud):
        origin = facts.cloud.template.resources[one.resource_id].origin_of(one.property)
        yield Problem(
            one.resource_id, origin, f"{one.reason}: AWS refuses `{one.resource_id}`", one.hint, cause=one.reason
        )
    for function in facts.cloud.compute.functions.values():
        resource, fault = facts.cloud.template.resources.get(function.id), function_limits.fault(function)
        if fault and resource is not None and resource.stack and not resource.is_uncertain:
            message = f"Lambda refuses `{function.id}`: {fault.rstrip('.')}"
            yield Problem.of(function, message, "change the setting that Lambda names")
