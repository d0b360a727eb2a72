"""Hypothesis strategies for small clouds of APIs, as CloudFormation templates, and for questions about them.

A template is drawn part by part, each most often without a fault. Everything that is drawn can be deployed on AWS.
"""

from hypothesis import strategies as st

from netful.model.core import Frozen

DOMAIN, PRIVATE_DOMAIN, HTTP_DOMAIN = "api.example.com", "in.example.com", "http.example.com"
DOMAINS = (DOMAIN, PRIVATE_DOMAIN, HTTP_DOMAIN)
CLIENT, OFFICE = "203.0.113.9", "198.51.100.7"
USERS = {"Own": "arn:aws:iam::123456789012:user/own", "Partner": "arn:aws:iam::444455556666:user/partner"}
STAGES = ("live", "test")
PATHS = ("/", "/a", "/a/b", "/a/{id}", "/{proxy+}")
ASKED = ("/", "/a", "/a/", "/a/b", "/a/7", "/a/7/x", "/b", "//a", "/A", "/a%2Fb", "/a/b?bad=1", "/a?need=1&who=me", "")
METHODS = ("GET", "GET", "POST", "HEAD", "OPTIONS")
_INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
_ASSUME = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


class Asked(Frozen):
    """A request in words: `way` is `own`, `endpoint name`, `associated`, `header`, a domain, or the method of `Api METHOD /path`."""

    source: str
    api: str
    way: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


def resource(kind, /, depends=(), **properties):
    """A resource of a template, without the properties that are None."""
    given = {name: value for name, value in properties.items() if value is not None}
    return {"Type": f"AWS::{kind}", "Properties": given} | ({"DependsOn": [*depends]} if depends else {})


def ref(name):
    return {"Ref": name}


def att(name, attribute="Arn"):
    return {"Fn::GetAtt": [name, attribute]}


def sub(text):
    return {"Fn::Sub": text}


def mostly(usual, *others):
    """The usual value in about three of four draws."""
    return st.sampled_from([usual] * 3 * len(others) + [*others])


def function(role, **more):
    return resource(
        "Lambda::Function", Runtime="python3.12", Handler="a.b", Role=att(role), Code={"ZipFile": "x"}, **more
    )


NETWORK = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
    "Subnet": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
    "Sg": resource(
        "EC2::SecurityGroup", GroupDescription="all", VpcId=ref("Vpc"),
        SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}],
    ),
    "Role": resource("IAM::Role", AssumeRolePolicyDocument=_ASSUME),
    "Fn": function("Role"),
    "Who": function("Role"),
    "Live": resource("Lambda::Alias", Name="live", FunctionName=ref("Fn"), FunctionVersion="$LATEST"),
    "Caller": function("CallerRole", VpcConfig={"SubnetIds": [ref("Subnet")], "SecurityGroupIds": [ref("Sg")]}),
}  # fmt: skip


BY_ENDPOINT = tuple({operator: {"aws:SourceVpce": ref("Ep")}} for operator in ("StringEquals", "StringNotEquals"))


@st.composite
def statements(draw, endpoints=BY_ENDPOINT):
    """A policy of an API, a domain or, which cannot name it, an endpoint."""
    conditions = (
        None, None, None, *endpoints, {"StringEquals": {"aws:SourceVpc": ref("Vpc")}}, {"IpAddress": {"aws:SourceIp": f"{CLIENT}/32"}},
        {"NotIpAddress": {"aws:SourceIp": f"{CLIENT}/32"}}, {"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}},
        {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, {"Bool": {"aws:SecureTransport": "false"}},
    )  # fmt: skip
    principals = ("*", "*", {"AWS": "*"}, {"AWS": "123456789012"}, {"AWS": USERS["Partner"]}, {"AWS": att("CallerRole")})  # fmt: skip
    resources = ("execute-api:/*", "execute-api:/*", "*", "execute-api:/live/GET/*", "execute-api:/*/*/a")
    every = [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]
    for _ in range(draw(st.integers(0, 2))):
        condition = draw(st.sampled_from(conditions))
        every.append(
            {"Effect": draw(mostly("Deny", "Allow")), "Principal": draw(st.sampled_from(principals)),
             "Action": draw(mostly("execute-api:Invoke", "execute-api:*")), "Resource": draw(st.sampled_from(resources))}
            | ({"Condition": condition} if condition else {})
        )  # fmt: skip
    return {"Version": "2012-10-17", "Statement": every[0 if draw(mostly(True, False)) else 1 :] or every}


@st.composite
def permissions(draw, prefix, *apis):
    """The permissions of the functions for API Gateway; most of the time for everything."""
    found = {}
    for target in ("Fn", "Who", "Live"):
        for number in range(draw(mostly(1, 0, 2))):
            whole = {api: f"arn:aws:execute-api:us-east-1:123456789012:${{{api}}}" for api in apis}
            arn = whole[draw(st.sampled_from(apis))]
            source = draw(mostly(None, *(sub(arn + end) for end in ("/*", "/*/*/a", "/live/*/*", "/*/GET/*", "/*/*/a/*", "/authorizers/*", "/*/$default"))))  # fmt: skip
            found[f"{prefix}{target}{number}"] = resource(
                "Lambda::Permission", FunctionName=ref(target), Action="lambda:InvokeFunction",
                Principal=draw(mostly("apigateway.amazonaws.com", "*", "events.amazonaws.com")), SourceArn=source,
            )  # fmt: skip
    return found


@st.composite
def integrations(draw, path):
    kind = draw(st.sampled_from(("MOCK", "AWS_PROXY", "AWS_PROXY", "AWS", "HTTP_PROXY", "HTTP")))
    if draw(mostly(False, False, True)):
        return None
    mapped = {"IntegrationResponses": draw(mostly([{"StatusCode": "200", "ResponseTemplates": {"application/json": "reached"}}], None, *([[{"StatusCode": "404", "SelectionPattern": "404"}]] if kind == "MOCK" else ()))), "PassthroughBehavior": draw(mostly(None, "NEVER", "WHEN_NO_TEMPLATES"))}  # fmt: skip
    if kind == "MOCK":
        return resource("", **mapped, RequestTemplates=draw(mostly({"application/json": '{"statusCode": 200}'}, {"application/xml": '{"statusCode": 200}'}, {"application/json": '{"statusCode": "200"}'}, {"application/json": '#set($x = 1){"statusCode": 404}'}, None)), Type=kind)["Properties"]  # fmt: skip
    mapped |= {"RequestTemplates": draw(mostly(None, {"application/json": "{}"}, {"application/xml": "{}"}))}
    if kind in ("AWS_PROXY", "AWS"):
        target = draw(mostly("${Fn.Arn}", "${Live}", "${Fn.Arn}:${!stageVariables.alias}"))
        more = mapped if kind == "AWS" else {}
        return resource("", Type=kind, IntegrationHttpMethod=draw(mostly("POST", "GET")), Uri=sub(_INVOKE.format(target)), **more)["Properties"]  # fmt: skip
    uri = draw(mostly("https://example.com/", "https://example.com/{id}", "https://${stageVariables.host}/x"))
    values = (
        {"integration.request.path.id": "method.request.path.id"} if "{id}" in path and draw(st.booleans()) else None
    )
    more = mapped if kind == "HTTP" else {}
    return resource("", Type=kind, IntegrationHttpMethod="ANY" if kind == "HTTP_PROXY" else "GET", Uri=uri, RequestParameters=values, **more)["Properties"]  # fmt: skip


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


PLACES = {"/a": "A", "/a/b": "B", "/a/{id}": "Id", "/{proxy+}": "Proxy"}


def _resource(path):
    parent, _, part = path.rpartition("/")
    return resource("ApiGateway::Resource", RestApiId=ref("Api"), PathPart=part, ParentId=ref(PLACES[parent]) if parent else att("Api", "RootResourceId"))  # fmt: skip


REST_PARTS = {
    **{name: _resource(path) for path, name in PLACES.items()},
    "Validator": resource("ApiGateway::RequestValidator", RestApiId=ref("Api"), ValidateRequestParameters=True),
    "Everything": resource("ApiGateway::RequestValidator", RestApiId=ref("Api"), ValidateRequestParameters=True, ValidateRequestBody=True),
    "Nothing": resource("ApiGateway::RequestValidator", RestApiId=ref("Api")),
    "Order": resource("ApiGateway::Model", RestApiId=ref("Api"), Name="Order", ContentType="application/json", Schema={"type": "object", "required": ["id"]}),
    "Token": resource("ApiGateway::Authorizer", RestApiId=ref("Api"), Name="t", Type="TOKEN", IdentitySource="method.request.header.Authorization", AuthorizerUri=sub(_INVOKE.format("${Who.Arn}"))),
    "Pool": resource("ApiGateway::Authorizer", RestApiId=ref("Api"), Name="p", Type="COGNITO_USER_POOLS", IdentitySource="method.request.header.Authorization", ProviderARNs=["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi"]),
}  # fmt: skip


@st.composite
def rest_apis(draw):
    """A REST API with its stages, plans, domain and web ACL."""
    kind = draw(st.sampled_from(("EDGE", "REGIONAL", "PRIVATE")))
    api = resource(
        "ApiGateway::RestApi", Name="a", Policy=draw(mostly(None, draw(statements())) if kind != "PRIVATE" else mostly(draw(statements()), None)),
        EndpointConfiguration={"Types": [kind]} | ({"VpcEndpointIds": [ref("Ep")]} if kind == "PRIVATE" and draw(st.booleans()) else {}),
        DisableExecuteApiEndpoint=draw(mostly(None, True)), ApiKeySourceType=draw(mostly("HEADER", "AUTHORIZER")),
    )  # fmt: skip
    places = draw(st.sets(st.sampled_from([(p, m) for p in PATHS for m in ("GET", "ANY", "POST")]), min_size=2, max_size=5))  # fmt: skip
    methods = {f"M{number}": draw(rest_methods(*place)) for number, place in enumerate(sorted(places))}
    source = draw(st.sampled_from(("method.request.header.X-Who", "method.request.querystring.who", "method.request.header.X-Who,context.httpMethod", "stageVariables.who")))  # fmt: skip
    request = resource("ApiGateway::Authorizer", RestApiId=ref("Api"), Name="r", Type="REQUEST", IdentitySource=source, AuthorizerUri=sub(_INVOKE.format("${Who.Arn}")))  # fmt: skip
    found = {"Api": api, "Request": request, **REST_PARTS, **methods}
    found["Deployment"] = resource("ApiGateway::Deployment", [*methods], RestApiId=ref("Api"))
    for name in draw(st.sampled_from((STAGES[:1], STAGES))):
        settings = draw(mostly(None, draw(mostly({"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}, {"ThrottlingRateLimit": 0}, {"ThrottlingBurstLimit": 0}, {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 5})) | {"HttpMethod": draw(mostly("*", "GET")), "ResourcePath": draw(mostly("/*", "/a"))}))  # fmt: skip
        found[f"Stage{name}"] = resource(
            "ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("Deployment"), StageName=name,
            Variables=draw(mostly({"alias": "live", "host": "example.com", "who": "me"}, None)), MethodSettings=settings and [settings],
        )  # fmt: skip
    for number in range(draw(mostly(0, 1, 2))):
        kind_of = draw(st.sampled_from(("ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "INVALID_API_KEY", "WAF_FILTERED", "API_CONFIGURATION_ERROR")))  # fmt: skip
        found[f"Said{number}"] = resource(
            "ApiGateway::GatewayResponse", RestApiId=ref("Api"), ResponseType=kind_of, StatusCode=draw(mostly("418", None)),
            ResponseTemplates=draw(mostly(None, {"application/json": '{"said":$context.error.messageString}'})),
        )  # fmt: skip
    return found | draw(plans()) | (draw(firewalls()) if draw(mostly(False, True)) else {})


@st.composite
def plans(draw):
    """Usage plans of the stage, and their keys."""
    found = {}
    for number in range(draw(mostly(1, 0, 2))):
        throttle = draw(mostly(None, {"RateLimit": 0, "BurstLimit": 0}))
        stage = {"ApiId": ref("Api"), "Stage": ref(f"Stage{STAGES[0]}")}
        own = draw(mostly(None, {"/a/GET": {"RateLimit": 0, "BurstLimit": 0}}))
        found[f"Plan{number}"] = resource("ApiGateway::UsagePlan", ApiStages=[stage | ({"Throttle": own} if own else {})], Throttle=throttle)  # fmt: skip
        if draw(mostly(True, False)):
            found[f"Key{number}"] = resource("ApiGateway::ApiKey", Enabled=draw(mostly(True, False)))
            found[f"Member{number}"] = resource("ApiGateway::UsagePlanKey", KeyId=ref(f"Key{number}"), KeyType="API_KEY", UsagePlanId=ref(f"Plan{number}"))  # fmt: skip
    return found


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


@st.composite
def http_apis(draw):
    """An HTTP API with its stages and authorizers."""
    cors = draw(mostly(None, {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"]}))
    found = {
        "Http": resource("ApiGatewayV2::Api", Name="h", ProtocolType="HTTP", CorsConfiguration=cors, DisableExecuteApiEndpoint=draw(mostly(None, True))),
        "Jwt": resource("ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="j", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration={"Issuer": "https://i.example", "Audience": ["me"]}),
        "Simple": resource(
            "ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="s", AuthorizerType="REQUEST", AuthorizerPayloadFormatVersion="2.0", EnableSimpleResponses=True,
            IdentitySource=draw(st.sampled_from((["$request.header.X-Who"], ["$request.querystring.who"], None))), AuthorizerUri=sub(_INVOKE.format("${Who.Arn}")),
        ),
        "ToFn": resource("ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0", IntegrationUri=draw(mostly(att("Fn"), ref("Live")))),
        "ToWeb": resource("ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0", IntegrationUri="https://example.com/x"),
    }  # fmt: skip
    keys = draw(st.sets(st.sampled_from(("$default", "GET /a", "ANY /a", "POST /a/{id}", "GET /a/{id}", "ANY /{proxy+}", "GET /", "OPTIONS /{proxy+}")), min_size=1, max_size=4))  # fmt: skip
    for number, key in enumerate(sorted(keys)):
        kind = draw(mostly("NONE", "AWS_IAM", "JWT", "CUSTOM"))
        found[f"Route{number}"] = resource(
            "ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey=key, Target=draw(mostly(sub("integrations/${ToFn}"), sub("integrations/${ToWeb}"), None)),
            AuthorizationType=kind, AuthorizerId={"JWT": ref("Jwt"), "CUSTOM": ref("Simple")}.get(kind), AuthorizationScopes=draw(mostly(None, ["orders/read"])) if kind == "JWT" else None,
        )  # fmt: skip
    for name in draw(st.sampled_from((("$default",), ("live",), ("$default", "live")))):
        limits = draw(mostly(None, {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}))
        found[f"HttpStage{name.strip('$')}"] = resource("ApiGatewayV2::Stage", ApiId=ref("Http"), StageName=name, AutoDeploy=True, DefaultRouteSettings=limits)  # fmt: skip
    return found


@st.composite
def socket_apis(draw):
    """A WebSocket API with or without its `$connect`."""
    kind = draw(mostly("NONE", "AWS_IAM", "CUSTOM"))
    found = {
        "Chat": resource("ApiGatewayV2::Api", Name="c", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", DisableExecuteApiEndpoint=draw(mostly(None, True))),
        "ChatStage": resource("ApiGatewayV2::Stage", ApiId=ref("Chat"), StageName="live", AutoDeploy=True),
        "ToChat": resource("ApiGatewayV2::Integration", ApiId=ref("Chat"), IntegrationType="AWS_PROXY", IntegrationUri=sub(_INVOKE.format("${Fn.Arn}"))),
        "ChatWho": resource("ApiGatewayV2::Authorizer", ApiId=ref("Chat"), Name="w", AuthorizerType="REQUEST", IdentitySource=["route.request.header.X-Who"], AuthorizerUri=sub(_INVOKE.format("${Who.Arn}"))),
        "Message": resource("ApiGatewayV2::Route", ApiId=ref("Chat"), RouteKey="$default", Target=sub("integrations/${ToChat}")),
    }  # fmt: skip
    if draw(mostly(True, False)):
        found["Connect"] = resource(
            "ApiGatewayV2::Route", ApiId=ref("Chat"), RouteKey="$connect", AuthorizationType=kind, AuthorizerId=ref("ChatWho") if kind == "CUSTOM" else None,
            Target=draw(mostly(sub("integrations/${ToChat}"), None)),
        )  # fmt: skip
    return found


@st.composite
def domains(draw, api_kind):
    """Custom domains of the REST API, private or not, and of the HTTP API."""
    found = {}
    if api_kind == "PRIVATE" and draw(st.booleans()):
        found["Private"] = resource("ApiGateway::DomainNameV2", DomainName=PRIVATE_DOMAIN, EndpointConfiguration={"Types": ["PRIVATE"]}, CertificateArn="arn:aws:acm:us-east-1:123456789012:certificate/1", Policy=draw(statements()))  # fmt: skip
        found["PrivateMapping"] = resource("ApiGateway::BasePathMappingV2", DomainNameArn=att("Private", "DomainNameArn"), RestApiId=ref("Api"), Stage=draw(mostly("live", None)), BasePath=draw(mostly(None, "shop")) )  # fmt: skip
        if draw(mostly(True, False)):
            found["Associated"] = resource("ApiGateway::DomainNameAccessAssociation", DomainNameArn=att("Private", "DomainNameArn"), AccessAssociationSource=ref("Ep"), AccessAssociationSourceType="VPCE")  # fmt: skip
    mode = draw(st.sampled_from((None, "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING")))
    kind = draw(st.sampled_from(("EDGE", "REGIONAL"))) if mode is None else "REGIONAL"
    trust = draw(mostly(None, {"TruststoreUri": "s3://stores/truststore.pem"})) if kind == "REGIONAL" else None
    found["Domain"] = resource("ApiGateway::DomainName", DomainName=DOMAIN, EndpointConfiguration={"Types": [kind]}, RoutingMode=mode, MutualTlsAuthentication=trust)  # fmt: skip
    found["Mapping"] = resource("ApiGateway::BasePathMapping", DomainName=ref("Domain"), RestApiId=ref("Api"), Stage=draw(mostly("live", None)), BasePath=draw(mostly(None, "shop", "a")))  # fmt: skip
    for number in range(draw(st.integers(0, 2)) if mode else 0):
        conditions = [*draw(mostly((), ({"MatchHeaders": {"AnyOf": [{"Header": "X-Mode", "ValueGlob": "be*"}]}},))), *draw(mostly((), ({"MatchBasePaths": {"AnyOf": ["shop"]}},)))]  # fmt: skip
        found[f"Rule{number}"] = resource(
            "ApiGatewayV2::RoutingRule", DomainNameArn=att("Domain", "DomainNameArn"), Priority=number + 1, Conditions=conditions,
            Actions=[{"InvokeApi": {"ApiId": ref(draw(st.sampled_from(("Api", "Http")))), "Stage": "live", "StripBasePath": draw(st.booleans())}}],
        )  # fmt: skip
    found["HttpName"] = resource("ApiGatewayV2::DomainName", DomainName=HTTP_DOMAIN, DomainNameConfigurations=[{"EndpointType": "REGIONAL"}])  # fmt: skip
    found["HttpMapping"] = resource("ApiGatewayV2::ApiMapping", DomainName=ref("HttpName"), ApiId=ref("Http"), Stage=draw(mostly("$default", "live")), ApiMappingKey=draw(mostly(None, "shop/v1")))  # fmt: skip
    return found


@st.composite
def clouds(draw):
    """The template of a cloud of APIs."""
    policy = draw(mostly(None, *({"Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]} for effect, action in (("Allow", "execute-api:Invoke"), ("Deny", "execute-api:*"), ("Allow", "lambda:*")))))  # fmt: skip
    role = resource("IAM::Role", AssumeRolePolicyDocument=_ASSUME, Policies=policy and [{"PolicyName": "p", "PolicyDocument": policy}])  # fmt: skip
    door = resource(
        "EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface", ServiceName="com.amazonaws.us-east-1.execute-api", SubnetIds=[ref("Subnet")], SecurityGroupIds=[ref("Sg")],
        PrivateDnsEnabled=draw(st.booleans()), PolicyDocument=draw(mostly(None, draw(statements(())))),
    )  # fmt: skip
    rest = draw(rest_apis())
    kind = rest["Api"]["Properties"]["EndpointConfiguration"]["Types"][0]
    parts = (rest, draw(http_apis()), draw(socket_apis()), draw(domains(kind)), draw(permissions("May", "Api", "Http", "Chat")))  # fmt: skip
    resources = {**NETWORK, "CallerRole": role, "Ep": door}
    for part in parts:
        resources |= part
    return {"Resources": resources}


OUTSIDE = (CLIENT, OFFICE, f"{CLIENT}+Own", f"{CLIENT}+Partner")
INSIDE = ("endpoint:Ep", "endpoint:Ep+signed", "endpoint:Ep+Own", "endpoint:Ep+Partner", "Caller")
ANY_WAY = (
    "own",
    "port",
    "capitals",
    "endpoint name",
    "associated",
    "header",
    DOMAIN,
    PRIVATE_DOMAIN,
    HTTP_DOMAIN,
    *METHODS,
)


@st.composite
def questions(draw, template):
    """A question about a cloud, most often by a way that leads to the API."""
    api = draw(st.sampled_from(("Api", "Api", "Api", "Http", "Http", "Chat")))
    private = api == "Api" and template["Resources"]["Api"]["Properties"]["EndpointConfiguration"]["Types"] == [
        "PRIVATE"
    ]
    source = draw(mostly(*((INSIDE, OUTSIDE) if private else (OUTSIDE, INSIDE))))
    domain = {"Api": PRIVATE_DOMAIN if private else DOMAIN, "Http": HTTP_DOMAIN}.get(api, DOMAIN)
    through = ("endpoint name", "associated", "header") if private else ("own",)
    way = draw(
        mostly(draw(st.sampled_from(("own", domain, *through, *METHODS))), *ANY_WAY[:1], draw(st.sampled_from(ANY_WAY)))
    )
    of_domain, of_api = ("", "/shop", "/a", "/shop/v1"), ("/live", "" if api == "Http" else "/live", "/test")
    start = draw(mostly(draw(st.sampled_from(of_domain if way == domain else of_api)), "", "/live/", "/shop", "/live"))
    headers = draw(mostly((), (("X-Mode", "beta"),), (("X-Mode", "other"),), (("X-HTTP-Method-Override", "POST"),)))
    asked = draw(st.sampled_from((*ASKED, "/@connections/abc") if api == "Chat" else ASKED))
    return Asked(draw(st.sampled_from(source)), api, way, start + asked, headers)


@st.composite
def examinations(draw, number):
    """The template of a cloud, and questions about it."""
    template = draw(clouds())
    return template, [draw(questions(template)) for _ in range(number)]
