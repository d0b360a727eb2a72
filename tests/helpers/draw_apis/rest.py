"""Drawn REST APIs."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.firewalls import firewalls
from tests.helpers.draw_apis.integrations import integrations
from tests.helpers.draw_apis.policies import statements
from tests.helpers.draw_apis.templates import INVOKE, STAGES, att, mostly, ref, resource, sub

PATHS = ("/", "/a", "/a/b", "/a/{id}", "/{proxy+}")
CACHED = {"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": True}
PLACES = {"/a": "A", "/a/b": "B", "/a/{id}": "Id", "/{proxy+}": "Proxy"}


@st.composite
def rest_methods(draw, path, method):
    kind = draw(mostly("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"))
    needs = draw(mostly((), *(((f"method.request.{where}", True),) for where in ("header.X-Need", "querystring.need"))))
    own = {"method.request.path.id": True} if "{id}" in path else {}
    return resource(
        "ApiGateway::Method", RestApiId=ref("Api"), HttpMethod=method, ResourceId=ref(PLACES[path]) if path != "/" else att("Api", "RootResourceId"),
        AuthorizationType=kind, AuthorizerId={"CUSTOM": ref(draw(st.sampled_from(("Token", "Request")))), "COGNITO_USER_POOLS": ref("Pool")}.get(kind),
        AuthorizationScopes=draw(mostly(None, ["orders/read"])) if kind == "COGNITO_USER_POOLS" else None,
        ApiKeyRequired=draw(mostly(False, True)), RequestParameters=dict(needs) | own or None,
        RequestValidatorId=draw(st.sampled_from((None, ref("Validator"), ref("Everything"), ref("Nothing")))),
        RequestModels=draw(mostly(None, {"application/json": ref("Order")})),
        Integration=draw(integrations(path)), MethodResponses=[{"StatusCode": status} for status in draw(mostly(("200",), ("200", "404"), ("404",)))],
    )  # fmt: skip


def _resource(path):
    parent, _, part = path.rpartition("/")
    return resource("ApiGateway::Resource", RestApiId=ref("Api"), PathPart=part, ParentId=ref(PLACES[parent]) if parent else att("Api", "RootResourceId"))  # fmt: skip


REST_PARTS = {
    **{name: _resource(path) for path, name in PLACES.items()},
    "Validator": resource("ApiGateway::RequestValidator", RestApiId=ref("Api"), ValidateRequestParameters=True),
    "Everything": resource("ApiGateway::RequestValidator", RestApiId=ref("Api"), ValidateRequestParameters=True, ValidateRequestBody=True),
    "Nothing": resource("ApiGateway::RequestValidator", RestApiId=ref("Api")),
    "Order": resource("ApiGateway::Model", RestApiId=ref("Api"), Name="Order", ContentType="application/json", Schema={"type": "object", "required": ["id"]}),
    "Pool": resource("ApiGateway::Authorizer", RestApiId=ref("Api"), Name="p", Type="COGNITO_USER_POOLS", IdentitySource="method.request.header.Authorization", ProviderARNs=["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi"]),
}  # fmt: skip


@st.composite
def rest_apis(draw):
    """A REST API with its stages, plans, domain and web ACL."""
    kind = draw(st.sampled_from(("EDGE", "REGIONAL", "PRIVATE")))
    api = resource(
        "ApiGateway::RestApi", Name="a", Policy=draw(mostly(None, draw(statements())) if kind != "PRIVATE" else mostly(draw(statements()), None)),
        EndpointConfiguration={"Types": [kind]} | ({"VpcEndpointIds": draw(mostly([ref("Ep")], [ref("Ep"), ref("Other")], [ref("Other")]))} if kind == "PRIVATE" and draw(st.booleans()) else {}),
        DisableExecuteApiEndpoint=draw(mostly(None, True)), ApiKeySourceType=draw(mostly("HEADER", "AUTHORIZER")),
        BinaryMediaTypes=draw(mostly(None, ["*/*"], ["application/xml"])), MinimumCompressionSize=draw(mostly(None, 0)),
    )  # fmt: skip
    places = draw(st.sets(st.sampled_from([(p, m) for p in PATHS for m in ("GET", "ANY", "POST")]), min_size=2, max_size=5))  # fmt: skip
    methods = {f"M{number}": draw(rest_methods(*place)) for number, place in enumerate(sorted(places))}
    found = {"Api": api, **draw(lambda_authorizers()), **REST_PARTS, **methods}
    found["Deployment"] = resource("ApiGateway::Deployment", [*methods], RestApiId=ref("Api"))
    for name in draw(st.sampled_from((STAGES[:1], STAGES))):
        settings = draw(mostly(None, draw(mostly({"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}, {"ThrottlingRateLimit": 0}, {"ThrottlingBurstLimit": 0}, {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 5})) | {"HttpMethod": draw(mostly("*", "GET")), "ResourcePath": draw(mostly("/*", "/a"))}))  # fmt: skip
        found[f"Stage{name}"] = resource(
            "ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("Deployment"), StageName=name,
            Variables=draw(mostly({"alias": "live", "host": "example.com", "who": "me"}, None)), MethodSettings=[*([settings] if settings else []), *([] if settings else [CACHED])],
            CanarySetting=draw(mostly(None, draw(canaries()))), CacheClusterEnabled=draw(mostly(None, True)),
        )  # fmt: skip
    for number in range(draw(mostly(0, 1, 2))):
        kind_of = draw(st.sampled_from(("ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "INVALID_API_KEY", "WAF_FILTERED", "API_CONFIGURATION_ERROR")))  # fmt: skip
        found[f"Said{number}"] = resource(
            "ApiGateway::GatewayResponse", RestApiId=ref("Api"), ResponseType=kind_of, StatusCode=draw(mostly("418", None)),
            ResponseTemplates=draw(mostly(None, {"application/json": '{"said":$context.error.messageString}'})),
        )  # fmt: skip
    return found | draw(plans()) | (draw(firewalls()) if draw(mostly(False, True)) else {})


@st.composite
def lambda_authorizers(draw):
    """The two kinds of Lambda authorizers: of a token, and of the request."""
    shared = {"RestApiId": ref("Api"), "AuthorizerUri": sub(INVOKE.format("${Who.Arn}"))}
    sources = ("header.X-Who", "querystring.who", "header.X-Who,context.httpMethod", "querystring.who, method.request.header.X-Who", "header.X-Who,context.identity.sourceIp")  # fmt: skip
    source = draw(st.sampled_from((*(f"method.request.{one}" for one in sources), "stageVariables.who", "context.identity.sourceIp", None)))  # fmt: skip
    kept = 0 if source is None else draw(mostly(None, 0))
    return {
        "Token": resource("ApiGateway::Authorizer", Name="t", Type="TOKEN", IdentitySource="method.request.header.Authorization", IdentityValidationExpression=draw(mostly(None, r"[\w.-]+")), **shared),
        "Request": resource("ApiGateway::Authorizer", Name="r", Type="REQUEST", IdentitySource=source, AuthorizerResultTtlInSeconds=kept, **shared),
    }  # fmt: skip


@st.composite
def canaries(draw):
    """A canary of a stage with variables of its own."""
    overrides = draw(st.sampled_from(({"alias": "other"}, {"host": "nowhere.internal"}, {"who": "you"}, {"new": "1"})))
    return {"PercentTraffic": draw(st.sampled_from((0, 10, 100))), "StageVariableOverrides": overrides}


@st.composite
def plans(draw):
    """Usage plans of the stage, and their keys."""
    found = {}
    for number in range(draw(mostly(1, 0, 2))):
        throttle = draw(mostly(None, {"RateLimit": 0, "BurstLimit": 0}))
        stage = {"ApiId": ref("Api"), "Stage": ref(f"Stage{STAGES[0]}")}
        own = draw(mostly(None, {"/a/GET": {"RateLimit": 0, "BurstLimit": 0}}))
        quota = draw(mostly(None, {"Limit": 0, "Period": "DAY"}, {"Limit": 10000, "Period": "WEEK"}))
        found[f"Plan{number}"] = resource("ApiGateway::UsagePlan", ApiStages=[stage | ({"Throttle": own} if own else {})], Throttle=throttle, Quota=quota)  # fmt: skip
        if draw(mostly(True, False)):
            found[f"Key{number}"] = resource("ApiGateway::ApiKey", Enabled=draw(mostly(True, False)))
            found[f"Member{number}"] = resource("ApiGateway::UsagePlanKey", KeyId=ref(f"Key{number}"), KeyType="API_KEY", UsagePlanId=ref(f"Plan{number}"))  # fmt: skip
    return found
