"""NF112: an instance's user data downloads something that its subnet does not lead to.

User data runs once, when an instance starts for the first time. A command that downloads waits for minutes without an
answer, and the rest of the script runs without what it should install; a stack that waits for `cfn-signal` fails.

Instead: Give the subnet a route to a NAT gateway or the endpoints that the script needs, and let the instance wait for
the route with `DependsOn`. An image with everything installed needs neither.
"""

import re

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.core import Resource
from netful.model.functions.user_data import text_of, user_data_of

_COMMANDS = (
    (re.compile(r"^\s*(?:sudo\s+)?(?:apt|apt-get)\b.*\binstall\b"), ("internet",)),
    (re.compile(r"^\s*(?:sudo\s+)?(?:yum|dnf)\b.*\b(?:install|update)\b"), ("internet", "aws:s3")),
    (re.compile(r"^\s*(?:sudo\s+)?(?:pip3?|npm|docker)\s+(?:install|pull)\s"), ("internet",)),
    (re.compile(r"^\s*(?:sudo\s+)?git\s+clone\s+https://(?!git-codecommit)"), ("internet",)),
    (
        re.compile(r"^\s*(?:sudo\s+)?(?:curl|wget)\b.*https?://(?!169\.254\.|localhost|127\.|\S*amazonaws\.com)"),
        ("internet",),
    ),
    (re.compile(r"^\s*(?:sudo\s+)?aws\s+s3\s+(?:cp|sync)\b"), ("aws:s3",)),
    (re.compile(r"\bcfn-(?:init|signal)\b.*--stack\b"), ("aws:cloudformation",)),
)
"""Commands that need a destination, or one of several: repositories of Amazon Linux are in S3."""


@Rule.of("user data downloads without a way out", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for instance in facts.cloud.template.of_type("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup"):
        for line in _script(facts, instance).splitlines():
            places = next((places for command, places in _COMMANDS if command.search(line)), ())
            blocked = facts.blocked(instance.id, places)
            if places and len(blocked) == len(places):
                first = blocked[places[0]]
                command = " ".join(line.split())[:60]
                yield Problem(
                    instance.id,
                    instance.origin_of("UserData"),
                    f"the user data of `{instance.id}` runs `{command}`, but its subnet does not lead to {', '.join(places)}",
                    first.hint or "add a route to a NAT gateway, or an endpoint",
                    Certainty.LIKELY,
                    first,
                )
                break


def _script(facts: Facts, instance: Resource) -> str:
    """Return the user data of an instance, or of its launch template; "" if it is not known."""
    data, _ = user_data_of(facts.cloud.template.resources, instance.id) or ("", None)
    return text_of(data)
