"""docs/reference/ec2-api.md names every operation of EC2's API that is served, and no other."""

import re

from netful.account.ec2.api import WRITES
from netful.account.ec2.reads import Reads
from netful.account.wire.service_model import service_model
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "ec2-api.md").read_text(encoding="utf-8")
SERVED = {*WRITES, *Reads(lambda: None, ()).operations()}


def test_operations_are_those_that_are_served():
    listed = PAGE.partition("## Operations")[2].partition("## Requests")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == SERVED


def test_every_operation_is_of_ec2s_model():
    assert set(service_model("ec2").operation_names) >= SERVED
