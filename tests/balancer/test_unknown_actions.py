"""An action or a transform with a part that is not known answers 503, or without a body, and is warned of; the node has its configuration."""

import pytest

from netful.balancer.haproxy.configuration import configuration
from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, RuleCondition, Target, TargetGroup
from netful.model.core import Unknown
from tests.helpers.proxies import BALANCER, NODE, cloud_of

WHY = Unknown("parameter `P` has no value", ("P",))
GROUP = TargetGroup("Targets", protocol="HTTP", port=80, target_type="ip", targets=(Target("10.0.0.9", 80),))
WEIGHT = {"TargetGroups": [{"TargetGroupArn": "Targets", "Weight": WHY}]}
WEIGHTS = {"TargetGroups": [*WEIGHT["TargetGroups"], {"TargetGroupArn": "Others", "Weight": 1}]}
REWRITE = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/b"}]}}
TO_GROUP = Action("forward", ("Targets",), (1,))


def made(action, *transforms):
    rule = ListenerRule("Rule", "Listener", 1, (RuleCondition("path-pattern", ("/a",)),), (action,), transforms)
    cloud = cloud_of(Listener("Listener", "Lb", 80, "HTTP", (TO_GROUP,)), rule, GROUP)
    return configuration(cloud, BALANCER, NODE, {})


@pytest.mark.parametrize(
    ("action", "transforms"),
    [
        (Action("redirect", config=WHY), ()),
        (Action("redirect", config={"StatusCode": "HTTP_301", "Host": WHY}), ()),
        (Action("fixed-response", config=WHY), ()),
        (Action("fixed-response", config={"StatusCode": WHY}), ()),
        (Action("forward", config=WHY), ()),
        (Action("forward", ("Targets",), (1,), {"TargetGroupStickinessConfig": WHY}), ()),
        (Action("forward", ("Targets",), (1,), {"TargetGroupStickinessConfig": {"Enabled": WHY}}), ()),
        (Action("forward", ("Targets", "Others"), (1, 1), WEIGHTS), ()),
        (TO_GROUP, (WHY,)),
        (TO_GROUP, ({"Type": "url-rewrite", "UrlRewriteConfig": WHY},)),
        (TO_GROUP, ({"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": WHY}},)),
    ],
)
def test_a_part_that_is_not_known(action, transforms):
    found = made(action, *transforms)
    assert "return status 503 content-type text/html file 503.html" in _of_rule(found.text)
    assert [("`Rule`" in one, WHY.why in one) for one in found.warnings] == [(True, True)]
    assert WHY.why not in found.text + "".join(found.files.values())


@pytest.mark.parametrize(
    ("action", "transforms"),
    [
        (Action("redirect", config={"StatusCode": "HTTP_301"}), ()),
        (Action("fixed-response", config={"StatusCode": "200"}), ()),
        (Action("forward", ("Targets",), (1,), {"TargetGroups": [{"TargetGroupArn": WHY, "Weight": 1}]}), ()),
        (Action("forward", ("Targets",), (1,), WEIGHT), ()),
        (TO_GROUP, (REWRITE,)),
    ],
)
def test_parts_that_are_known(action, transforms):
    found = made(action, *transforms)
    assert "file 503.html" not in _of_rule(found.text)
    assert found.warnings == ()


@pytest.mark.parametrize(
    "config", [{"MessageBody": WHY, "ContentType": "text/plain"}, {"MessageBody": "known", "ContentType": WHY}]
)
def test_a_body_that_is_not_known_is_left_out(config):
    found = made(Action("fixed-response", config={"StatusCode": "404", **config}))
    assert "return status 404 hdr" in _of_rule(found.text)
    assert [("`Rule`" in one, WHY.why in one) for one in found.warnings] == [(True, True)]
    assert WHY.why not in found.text + "".join(found.files.values())


def _of_rule(text):
    return "\n".join(line for line in text.splitlines() if "-m str 1 }" in line)
