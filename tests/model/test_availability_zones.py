"""Names and ids of the zones of regions."""

import pytest

from netful.model.network.availability_zones import zone_ids


@pytest.mark.parametrize(
    ("region", "ids"),
    [
        ("ap-northeast-1", {"a": "apne1-az4", "c": "apne1-az1", "d": "apne1-az2"}),
        ("ap-northeast-3", {"a": "apne3-az1", "b": "apne3-az2", "c": "apne3-az3"}),
        ("ca-central-1", {"a": "cac1-az1", "b": "cac1-az2", "d": "cac1-az4"}),
        ("us-west-1", {"a": "usw1-az1", "b": "usw1-az3"}),
    ],
)
def test_accounts_do_not_see_every_zone(region, ids):
    assert zone_ids(region) == {region + letter: id_ for letter, id_ in ids.items()}
