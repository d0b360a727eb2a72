"""Drawn custom domains of APIs."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.policies import statements
from tests.helpers.draw_apis.templates import DOMAIN, HTTP_DOMAIN, PRIVATE_DOMAIN, att, mostly, ref, resource


@st.composite
def domains(draw, api_kind):
    """Custom domains of the REST API, private or not, and of the HTTP API."""
    found = {}
    if api_kind == "PRIVATE" and draw(st.booleans()):
        found["Private"] = resource("ApiGateway::DomainNameV2", DomainName=PRIVATE_DOMAIN, EndpointConfiguration={"Types": ["PRIVATE"]}, CertificateArn="arn:aws:acm:us-east-1:123456789012:certificate/1", Policy=draw(statements()))  # fmt: skip
        found["PrivateMapping"] = resource("ApiGateway::BasePathMappingV2", DomainNameArn=att("Private", "DomainNameArn"), RestApiId=ref("Api"), Stage=draw(mostly("live", None)), BasePath=draw(mostly(None, "shop")) )  # fmt: skip
        if draw(mostly(True, False)):
            found["Associated"] = resource("ApiGateway::DomainNameAccessAssociation", DomainNameArn=att("Private", "DomainNameArn"), AccessAssociationSource=ref(draw(mostly("Ep", "Other"))), AccessAssociationSourceType="VPCE")  # fmt: skip
    mode = draw(st.sampled_from((None, "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING")))
    kind = draw(st.sampled_from(("EDGE", "REGIONAL"))) if mode is None else "REGIONAL"
    trust = draw(mostly(None, {"TruststoreUri": "s3://stores/truststore.pem"})) if kind == "REGIONAL" else None
    found["Domain"] = resource("ApiGateway::DomainName", DomainName=DOMAIN, EndpointConfiguration={"Types": [kind]}, RoutingMode=mode, MutualTlsAuthentication=trust)  # fmt: skip
    found["Mapping"] = resource("ApiGateway::BasePathMapping", DomainName=ref("Domain"), RestApiId=ref("Api"), Stage=draw(mostly("live", None)), BasePath=draw(mostly(None, "shop", "a")))  # fmt: skip
    if kind == "REGIONAL" and draw(st.booleans()):
        found["Deep"] = resource("ApiGatewayV2::ApiMapping", DomainName=ref("Domain"), ApiId=ref(draw(st.sampled_from(("Api", "Http")))), Stage="live", ApiMappingKey=draw(st.sampled_from(("shop/v1", "shop/v", "a/b", "sh"))))  # fmt: skip
    for number in range(draw(st.integers(0, 2)) if mode else 0):
        conditions = [*draw(mostly((), ({"MatchHeaders": {"AnyOf": [{"Header": "X-Mode", "ValueGlob": "be*"}]}},))), *draw(mostly((), ({"MatchBasePaths": {"AnyOf": ["shop"]}},)))]  # fmt: skip
        found[f"Rule{number}"] = resource(
            "ApiGatewayV2::RoutingRule", DomainNameArn=att("Domain", "DomainNameArn"), Priority=number + 1, Conditions=conditions,
            Actions=[{"InvokeApi": {"ApiId": ref(draw(st.sampled_from(("Api", "Http")))), "Stage": "live", "StripBasePath": draw(st.booleans())}}],
        )  # fmt: skip
    found["HttpName"] = resource("ApiGatewayV2::DomainName", DomainName=HTTP_DOMAIN, DomainNameConfigurations=[{"EndpointType": "REGIONAL"}], MutualTlsAuthentication=draw(mostly(None, {"TruststoreUri": "s3://stores/truststore.pem"})))  # fmt: skip
    found["HttpMapping"] = resource("ApiGatewayV2::ApiMapping", DomainName=ref("HttpName"), ApiId=ref("Http"), Stage=draw(mostly("$default", "live")), ApiMappingKey=draw(mostly(None, "shop/v1")))  # fmt: skip
    return found
