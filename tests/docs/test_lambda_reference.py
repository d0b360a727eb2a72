"""docs/reference/lambda-api.md names every operation of Lambda's API that is served, and no other, and every metric."""

import re

import botocore.session

from netful.functions.api.lambda_api import ROUTES
from netful.functions.invocations.metrics import UNITS
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "lambda-api.md").read_text(encoding="utf-8")
FIRST_COLUMNS = "".join(re.findall(r"^\| ([^|]+)\|", PAGE, re.MULTILINE))
# What stands in a path's place; a layer's version is a number.
EXAMPLES = {"VersionNumber": "1", "UUID": "14e0db71-5d35-4eb5-b481-8945cf9d10c2"}


def served():
    """The operations of AWS's own model that a route answers."""
    model = botocore.session.get_session().get_service_model("lambda")
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = re.sub(r"\{(\w+)\+?\}", lambda part: EXAMPLES.get(part[1], "x"), http["requestUri"].partition("?")[0])
        if any(method == http["method"] and re.fullmatch(pattern, path) for method, pattern, _ in ROUTES):
            yield name


def test_operations_are_those_that_are_served():
    assert set(re.findall(r"`([A-Z][a-z]+\w*)`", FIRST_COLUMNS)) == set(served())


def test_every_route_is_an_operation_of_aws():
    assert len({operation for _, _, operation in ROUTES}) == len(set(served())) - 2  # two share their paths with others


def test_metrics_are_those_that_are_counted():
    named = set(re.findall(r"`(\w+)`", PAGE.partition("## Metrics")[2]))
    assert named - {"FunctionName", "Resource"} == set(UNITS)
