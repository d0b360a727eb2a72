"""docs/reference/api-gateway-api.md lists the operations of API Gateway's API that are served, and no other.

`pytest tests/docs --write-docs` writes the lists.
"""

import re

import pytest

from netful.account.apigateway.service import OPERATIONS
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "api-gateway-api.md"
NOUNS = {
    False: {
        "APIs": r"(?:RestApi|Account)",
        "Resources and methods": r"(?:Resource|Method|MethodResponse)(?!Response)",
        "Integrations": r"Integration",
        "Authorizers, models, responses": r"(?:Authorizer|Model|RequestValidator|GatewayResponse)",
        "Documentation": r"Documentation",
        "Deployments and stages": r"(?:Deployment|Stage|Export)",
        "Usage plans and keys": r"(?:Usage|ApiKey)",
        "Domains and VPC links": r"(?:DomainName|BasePath|VpcLink)",
        "Tags": r"(?:Tag|Untag)",
    },
    True: {
        "APIs": r"(?:Api\b|Apis\b|Cors)",
        "Routes": r"Route(?!Settings)",
        "Integrations": r"Integration",
        "Authorizers and models": r"(?:Authorizer|Model)",
        "Deployments and stages": r"(?:Deployment|Stage|RouteSettings|AccessLogSettings)",
        "Domains and VPC links": r"(?:DomainName|ApiMapping|RoutingRule|VpcLink)",
        "Tags": r"(?:Tag|Untag)",
    },
}
"""The headings of the lists, with the nouns of their operations, by whether they are of the newer API."""


def listed(*, newer):
    """The lists of operations, as the page has them: an operation is under the first heading that fits."""
    groups = {heading: [] for heading in NOUNS[newer]}
    for name in OPERATIONS["apigatewayv2" if newer else "apigateway"]:
        groups[heading_of(name, newer)].append(f"`{name}`")
    return "\n\n".join(f"#### {heading}\n\n{', '.join(names)}" for heading, names in groups.items())


def heading_of(name, newer):
    nouns = NOUNS[newer]
    order = sorted(
        nouns, key=lambda heading: heading not in {"Tags", "Deployments and stages", "Domains and VPC links"}
    )
    if name in {"TagResource", "UntagResource", "GetTags"}:
        return "Tags"
    return next(heading for heading in order if heading != "Tags" and re.search(nouns[heading], name))


@pytest.mark.parametrize(("title", "newer"), [("REST APIs", False), ("HTTP and WebSocket APIs", True)])
def test_operations_are_those_that_are_served(request, title, newer):
    page = PAGE.read_text(encoding="utf-8")
    before, _, after = page.partition(f"## {title}\n\n### Operations\n\n")
    found, _, rest = after.partition("\n\n### What they do")
    if request.config.getoption("--write-docs", default=False):
        written = f"{before}## {title}\n\n### Operations\n\n{listed(newer=newer)}\n\n### What they do{rest}"
        PAGE.write_text(written, encoding="utf-8")
        return
    assert found == listed(newer=newer)
