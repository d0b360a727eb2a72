"""What a change over a running stack is said to do."""

import pytest

from netful.model.difference import differences
from netful.sources import load
from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced


@pytest.fixture
def changed(tmp_path):
    """The differences that a replaced text makes in an example's template."""

    def of(example, old, new):
        before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
        text = (EXAMPLES / example / "template.yaml").read_text()
        assert old in text
        before.write_text(text)
        after.write_text(replaced(text, {old: new}))
        return [str(one).split() for one in differences(load([before]), load([after]))]

    return of


@pytest.mark.parametrize(
    ("example", "old", "new", "told"),
    [
        ("throttling", "\n          /slow:\n", "\n          /fast:\n", ["~", "RestApi", "Api", "routes"]),
        ("throttling", "ThrottlingBurstLimit: 2}", "ThrottlingBurstLimit: 3}", ["~", "Stage", "Stage", "method_settings"]),
        ("throttling", "RateLimit: 0.01, BurstLimit: 1", "RateLimit: 0.02, BurstLimit: 1", ["~", "UsagePlan", "Basic", "stages"]),
        ("private-api-everywhere", "Values: [kept.", "Values: [left.", ["~", "ListenerRule", "KeptRule", "conditions"]),
        ("private-api-everywhere", "Name: kept.corp", "Name: left.corp", ["~", "HostedZone", "Zone", "records"]),
    ],
)  # fmt: skip
def test_what_changed_is_named(changed, example, old, new, told):
    assert told in changed(example, old, new)


def test_where_it_was_written_is_no_difference(changed):
    assert changed("throttling", "\nResources:\n", "\n\n\nResources:\n") == []
