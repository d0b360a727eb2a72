"""docs/reference/lambda-api.md names every operation of Lambda's API that is served, and no other, and every metric."""

import re

from netful.functions.api.lambda_api import OPERATIONS
from netful.functions.invocations.metrics import UNITS
from netful.service_models.service_model import service_model
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "lambda-api.md").read_text(encoding="utf-8")
FIRST_COLUMNS = "".join(re.findall(r"^\| ([^|]+)\|", PAGE, re.MULTILINE))


def test_operations_are_those_that_are_served():
    assert set(re.findall(r"`([A-Z][a-z]+\w*)`", FIRST_COLUMNS)) == OPERATIONS.keys()


def test_every_operation_is_of_lambdas_model():
    assert OPERATIONS.keys() <= service_model("lambda").operations.keys()


def test_metrics_are_those_that_are_counted():
    named = set(re.findall(r"`(\w+)`", PAGE.partition("## Metrics")[2]))
    assert named - {"FunctionName", "Resource"} == set(UNITS)
