"""Drawn web ACLs of a stage."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import DOMAIN, OFFICE, att, mostly, resource, sub


@st.composite
def firewalls(draw):
    """A web ACL of the stage with one rule or two."""
    fields = (
        ({"QueryString": {}}, "bad=1"), ({"SingleQueryArgument": {"Name": "need"}}, "1"), ({"UriPath": {}}, "/live/a"), ({"Method": {}}, "GET"),
        ({"SingleHeader": {"Name": "x-mode"}}, "beta"), ({"SingleHeader": {"Name": "host"}}, DOMAIN), ({"AllQueryArguments": {}}, "me"), ({"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "OversizeHandling": "MATCH"}}, "beta"),
    )  # fmt: skip
    metric = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    rules = []
    for number in range(draw(st.integers(1, 2))):
        field, text = draw(st.sampled_from(fields))
        statement = {"ByteMatchStatement": {"FieldToMatch": field, "SearchString": text, "PositionalConstraint": draw(st.sampled_from(("EXACTLY", "CONTAINS"))), "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}  # fmt: skip
        addressed = {"IPSetReferenceStatement": {"Arn": att("Addresses")}}
        chosen = draw(mostly(statement, addressed, {"NotStatement": {"Statement": statement}}))
        action = draw(st.sampled_from(({"Block": {}}, {"Block": {"CustomResponse": {"ResponseCode": 451}}}, {"Allow": {}}, {"Count": {}})))  # fmt: skip
        rules.append({"Name": f"r{number}", "Priority": number, "Statement": chosen, "Action": action, "VisibilityConfig": metric})  # fmt: skip
    return {
        "Addresses": resource("WAFv2::IPSet", Name="s", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[f"{OFFICE}/32"]),
        "Acl": resource("WAFv2::WebACL", Name="acl", Scope="REGIONAL", DefaultAction=draw(mostly({"Allow": {}}, {"Block": {}})), Rules=rules, VisibilityConfig=metric),
        "AclOf": resource("WAFv2::WebACLAssociation", ["Stagelive"], WebACLArn=att("Acl"), ResourceArn=sub("arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/live")),
    }  # fmt: skip
