"""NF110: a function's interface permissions are deleted before the function, so its interfaces remain (lambda §1.3).

Lambda deletes a function's interfaces with the function's role. A policy that is a separate resource is created and
deleted in no fixed order relative to the function. The function may not be created. At deletion its interfaces may
remain, so that security groups and subnets cannot be deleted for 20 to 45 minutes.

Instead: Write the permissions into the role, or make the function depend on the policy.
"""

from netful.checks.facts.dependencies import dependency_on
from netful.checks.facts.permissions import grants, makes_interfaces
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.core import Resource, listed, mapping
from netful.model.functions.function import Function, Role

_APART = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
_DELETE = "ec2:DeleteNetworkInterface"


@Rule.of("interface permissions are deleted before the function", Severity.LOW)
def check(facts: Facts) -> Problems:
    for function in facts.vpc_functions:
        role = facts.cloud.access.role_of(function)
        resource = facts.cloud.template.resources.get(function.id)
        if role is None or resource is None or makes_interfaces(role) or grants(role, _DELETE) != "allow":
            continue
        policy = _only_source(facts, role)
        if policy and policy.stack == resource.stack and policy.id not in (*resource.depends_on, *resource.references):
            yield _problem(function, policy)


def _only_source(facts: Facts, role: Role) -> Resource | None:
    """Return the policy outside of the role if it alone grants the deletion."""
    apart = [p for p in facts.cloud.template.of_type(*_APART) if role.id in p.references and _document_grants(p, role)]
    written = facts.cloud.template.resources[role.id].properties.get("Policies")
    own = [
        s for policy in listed(written) for s in listed(mapping(mapping(policy).get("PolicyDocument")).get("Statement"))
    ]
    inline = grants(Role(role.id, role.role_name, tuple(own)), _DELETE) == "allow"
    return apart[0] if len(apart) == 1 and not inline else None


def _document_grants(policy: Resource, role: Role) -> bool:
    statements = listed(mapping(policy.properties.get("PolicyDocument")).get("Statement"))
    return grants(Role(role.id, role.role_name, tuple(statements)), _DELETE) == "allow"


def _problem(function: Function, policy: Resource) -> Problem:
    return Problem(
        function.id,
        policy.origin_of("PolicyDocument"),
        f"`{policy.id}` allows `{function.id}` to manage its interfaces, but may be deleted before it",
        f"add {dependency_on(policy.id)} to `{function.id}`, or write the policy into the role",
    )
