"""`next:` of `netful up` names commands that work on the stack."""

from netful.sources import load
from netful.stack.proposals import proposals
from tests.helpers.places import EXAMPLES

SILENT = {"apis": [], "answers": []}


def proposed(template, **status):
    return [" ".join(words) for words in proposals(load([template]), SILENT | status)]


def active(name):
    return [{"resource": name, "state": "Active"}]


def test_the_way_that_is_open_is_proposed():
    demo = EXAMPLES / "ssm-demo"
    functions = active("ReadParameter")
    assert proposed(demo / "endpoint.yaml", functions=functions) == [
        "netful invoke ReadParameter",
        "netful probe ReadParameter aws:ssm",
    ]
    assert proposed(demo / "isolated.yaml", functions=functions) == ["netful invoke ReadParameter"]


def test_a_function_that_does_not_run_is_not_proposed():
    failed = [{"resource": "ReadParameter", "state": "Failed"}]
    assert proposed(EXAMPLES / "ssm-demo" / "endpoint.yaml", functions=failed) == []


def test_a_database_and_an_api_of_the_stack():
    url = "http://127.0.0.1:1/_execute-api/Api/prod"
    found = proposed(
        EXAMPLES / "orders-with-postgres" / "template.yaml",
        functions=active("Orders"),
        apis=[{"resource": "Api", "stage": "prod", "url": url}],
        answers=[{"resource": "Database", "kind": "engine"}],
    )
    assert found[2:] == [f"curl -sS {url}/orders", "netful db Database"]
