"""docs/reference/cloudformation-api.md names every operation of CloudFormation's API that is served, and no other."""

import re

from netful.account.cloudformation.api import OPERATIONS
from netful.account.wire.service_model import service_model
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "cloudformation-api.md").read_text(encoding="utf-8")


def test_operations_are_those_that_are_served():
    listed = PAGE.partition("## Operations")[2].partition("All other operations")[0]
    every = {*service_model("cloudformation").operation_names}
    assert {*re.findall(r"`(\w+)`", listed)} & every == {*OPERATIONS}


def test_every_operation_is_of_cloudformations_model():
    assert {*service_model("cloudformation").operation_names} >= {*OPERATIONS}
