"""NF104: the role of a function in a VPC may not create, describe or delete its interfaces (lambda §1.7).

Lambda creates and deletes a function's interfaces with the function's own role. Without the permissions the function is
not created: `The provided execution role does not have permissions to call CreateNetworkInterface on EC2`. Without the
permission to delete, interfaces remain, and their security groups and subnets cannot be deleted.

Instead: Attach AWS's managed policy `AWSLambdaVPCAccessExecutionRole`, or allow the three actions on `*`.
"""

from netful.checks.facts.permissions import grants, interface_remedy
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity

_ACTIONS = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")


@Rule.of("role cannot manage the function's interfaces", Severity.CRITICAL)
def check(facts: Facts) -> Problems:
    for function in facts.attached_functions:
        role = facts.cloud.access.role_of(function)
        if role is None:
            continue
        region = facts.cloud.region_of(function.id)
        answers = {action: grants(role, action, region) for action in _ACTIONS}
        lacking = [action for action, answer in answers.items() if answer != "allow"]
        if lacking:
            sure = all(answers[action] == "deny" for action in lacking)
            yield Problem(
                function.id,
                role.origin,
                f"the role of `{function.id}`, `{role.id}`, lacks {', '.join(f'`{action}`' for action in lacking)}",
                interface_remedy(role, lacking[0], region),
                Certainty.PROVEN if sure else Certainty.UNKNOWN,
            )
