"""Classes of destinations: what is in one has the same answers."""

import pytest

from netful.engine.trace.ends.destination_words import destination_of
from netful.engine.trace.equivalence_classes import Classes
from netful.model.core import Unknown
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.small_clouds import cloud, endpoint, eni, net

MADE = cloud(
    endpoint(),
    eni("eni-Near", address="10.0.1.9"),
    Vpc("Far", (net("10.9.0.0/16"),)),
    Subnet("FarA", "Far", net("10.9.1.0/24")),
    *(eni(f"eni-{name}", "FarA", address=f"10.9.1.1{number}") for number, name in enumerate(("One", "Two"))),
    Subnet("Lost", Unknown("an import", ("Vpc",)), net("10.7.1.0/24")),
    *(eni(f"eni-{name}", "Lost", address=f"10.7.1.1{number}") for number, name in enumerate(("Three", "Four"))),
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("internet:a.example.com", "internet:b.example.com", True),
        ("internet:a.example.com", "internet:b.example.com:tcp/80", False),
        ("aws:sqs", "aws:sns", True),
        ("aws:sqs", "aws:ssm", False),
        ("One:tcp/443", "Two:tcp/443", True),
        ("One:tcp/443", "Two:tcp/80", False),
        ("One:tcp/443", "Near:tcp/443", False),
        ("Three:tcp/443", "Four:tcp/443", False),
        ("internet:a.example.com", "One:tcp/443", False),
    ],
)
def test_what_is_in_one_class(one, other, same):
    classes = Classes(MADE)
    found = [classes.of("Vpc", destination_of(MADE, name)[0]) for name in (one, other)]
    assert (found[0] == found[1]) is same
