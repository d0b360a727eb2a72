"""Rules of security groups that calls have touched, over a deployment that changes the rules in their template.

As with CloudFormation, the deployment adds the rules that the template did not have before, and removes those that it does not
have any more. What calls added stays.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.account.changes import Edit, Remove, new
from netful.account.ec2.world import new_id
from netful.account.ec2.writes.security_groups import EGRESS, INGRESS, rule_properties
from netful.model.cloud import Cloud
from netful.model.core import DEFAULT
from netful.model.network.security_groups import SecurityGroupRule
from netful.sources.readers.security_groups import OWN_RULES


def template_rules(written: Cloud, running: Cloud, following: Cloud) -> Iterator[Edit]:
    """Yield the edits of rules by which groups that calls have touched get what their templates change."""
    touched = running.template.of_type(OWN_RULES)
    for name in (str(one.properties["DefaultSecurityGroupId"]) for one in touched):
        if all(name in cloud.network.security_groups for cloud in (written, running, following)):
            yield from _edits(name, INGRESS, written, running, following)
            yield from _edits(name, EGRESS, written, running, following)


def _edits(name: str, type_: str, written: Cloud, running: Cloud, following: Cloud) -> Iterator[Edit]:
    old, after = _of_template(written, name, type_), _of_template(following, name, type_)
    changed = {_essence(one) for one in old ^ after}
    for rule in _rules(running, name, type_):
        if _essence(rule) in changed and rule.id not in following.template.resources:
            yield Remove(rule.id)
    group = following.network.security_groups[name]
    for rule in after - old:
        yield new(type_, new_id("sgr"), rule_properties(group, rule, egress=type_ == EGRESS))


def _rules(cloud: Cloud, name: str, type_: str) -> tuple[SecurityGroupRule, ...]:
    group = cloud.network.security_groups[name]
    return group.egress if type_ == EGRESS else group.ingress


def _of_template(cloud: Cloud, name: str, type_: str) -> set[SecurityGroupRule]:
    """Return the rules in a group's template, without those that are resources of their own."""
    own = (one for one in _rules(cloud, name, type_) if one.id not in cloud.template.resources)
    return {replace(one, id="", origin=DEFAULT) for one in own}


def _essence(rule: SecurityGroupRule) -> SecurityGroupRule:
    """Return what makes two rules the same rule."""
    return replace(rule, id="", origin=DEFAULT, description="")
