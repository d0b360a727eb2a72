"""Writes of attributes, which load balancers, target groups and listeners have."""

from collections.abc import Mapping
from functools import partial

from netful.account.elbv2.describe.attributes import OF_PART, listed, own, recognized
from netful.account.elbv2.kinds import found
from netful.account.elbv2.reads import attributes_of
from netful.account.elbv2.view import View
from netful.account.elbv2.world import Asked, Change, changed
from netful.account.writing import Write
from netful.model.load_balancing_arns import BALANCERS, GROUPS, LISTENERS


def _modify(part: str, view: View, asked: Asked) -> Change:
    """Modify the attributes of a thing: those that are named change."""
    (noun, property_, of), thing = OF_PART[part], found(view, part, asked)
    given = recognized(noun, of(thing), asked["Attributes"])
    edit = changed(view, thing.id, **{property_: listed({**own(view, part, thing), **given})})
    return Change((edit,), lambda after: attributes_of(part, after, asked))


WRITES: Mapping[str, Write[View]] = {
    "ModifyLoadBalancerAttributes": partial(_modify, BALANCERS),
    "ModifyTargetGroupAttributes": partial(_modify, GROUPS),
    "ModifyListenerAttributes": partial(_modify, LISTENERS),
}
