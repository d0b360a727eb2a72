"""Drawn models, patterns, templates, web ACLs and requests, as hostile as their languages allow."""

import json
import random
from typing import Any

ROUTES = 12
_NAMES = ["a", "b", "c", "aa", "x-y", "0", "é", "$ref"]
_ATOMS = [
    "a",
    "b",
    ".",
    r"\d",
    r"\w",
    r"\s",
    "[a-z]",
    "[^a]",
    r"\p{Alpha}",
    "é",
    r"\.",
    "(a|b)",
    "(?:a|aa)",
    "^",
    "$",
    r"\b",
]
_QUANTIFIERS = ["*", "+", "?", "*?", "+?", "{2,20}", "{0,300}", "{1,900}", "{5}", "*+"]
_EVIL = [
    "^(a+)+$",
    "(a|aa)+$",
    "(.*)*b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a.*b|a",
    "(a?){100}b",
    "(x+x+)+y",
    r"(\w+\s?)*:",
]
_BEYOND = ["(?=.*b)", "(?!x)", r"(a)\1", "(?>a+)", r"(?<=a)"]
_SEEDS = [
    "a",
    "b",
    "ab",
    "a b",
    "aé",
    "x",
    "0",
    "\n",
    "((",
    "<!--",
    "%41",
    "&amp;",
    "/*",
    " ",
    "\\",
    "/../",
    '"',
    "&#99999999999;",
]
_TRANSFORMATIONS = [
    "NONE", "LOWERCASE", "COMPRESS_WHITE_SPACE", "CMD_LINE", "HTML_ENTITY_DECODE", "URL_DECODE", "BASE64_DECODE",
    "BASE64_DECODE_EXT", "HEX_DECODE", "REPLACE_COMMENTS", "NORMALIZE_PATH", "NORMALIZE_PATH_WIN", "REMOVE_WHITESPACE", "TRIM",
]  # fmt: skip
_STATEMENTS = [
    "$input.json('$')", "$input.path('PATH').size()", "#foreach($i in $input.path('PATH'))BODY#end", "#foreach($i in [1..1000])BODY#end",
    "#set($s = $input.body)", '#set($s = "$s$s")', "$s.replaceAll('REGEX', 'x')", "$s.matches('REGEX')", "$s.split('REGEX').size()",
    "$s.replaceFirst('REGEX', '$0$0')", "$util.escapeJavaScript($s)", "$util.urlEncode($s)", "$util.urlDecode($s)", "$util.parseJson($s)",
    "$util.base64Encode($s)", "#evaluate($s)", "#set($l = $input.path('$'))", "$l.contains($l)", "$l.containsAll($l)",
    "$l.indexOf('x')", "$m.put($i, $l)", "$m.containsValue($l)", "#set($m = {})", "#if($l == $l)BODY#end", "$m", "$l",
    "#set($l = [$l, $l])", "$l.add($l)", "$s.lastIndexOf($s)", "$s.indexOf('aab')", "$s.replace('a', 'aaaa')", "$i.a.b", "$s.toUpperCase()",
    "$s.substring(1)", "#macro(m)BODY#end#m()#m()", "#define($d)BODY#end$d$d", "$input.params()", "$context", "$m.entrySet()", "$m[$l]",
    "#set($context.responseOverride.header.h = $l)", "$l.get(0)", "$l.subList(0, 1)", "$s.equalsIgnoreCase($s)", "$s.compareTo($s)",
]  # fmt: skip
_PATHS = [
    "$",
    "$..a",
    "$..a..b..c",
    "$..*",
    "$..*..*..*",
    "$[*][*]",
    "$..[?(@.a == 1)]",
    "$..[?(@..a)]",
    "$.a.b",
    "$[0:999]",
    "$..['a','b']",
]


def pattern(rng: random.Random, depth: int = 0) -> str:
    """Return an expression of Java or JavaScript, or one that is nearly so."""
    if rng.random() < 0.15:
        return rng.choice(_EVIL)
    parts = []
    for _ in range(rng.randint(1, 4)):
        part = f"({pattern(rng, depth + 1)})" if depth < 3 and rng.random() < 0.25 else rng.choice(_ATOMS)
        if rng.random() < 0.04:
            part = rng.choice(_BEYOND)
        parts.append(part + (rng.choice(_QUANTIFIERS) if rng.random() < 0.45 else ""))
    return ("|" if rng.random() < 0.1 else "").join(parts)


def text(rng: random.Random, most: int) -> str:
    """Return a text that repeats itself, of any magnitude up to a length."""
    length = int(most ** rng.random())
    seed = "".join(rng.choices(_SEEDS, k=rng.randint(1, 3)))
    return (seed * (length // len(seed) + 1))[:length] + rng.choice(["", "!", "b", "c", "\ud800"])


def model(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """Return a schema of draft 4; a reference is to the model itself."""
    if depth > 3 or rng.random() < 0.1:
        return {"$ref": "#/definitions/M"} if depth else {"type": "object"}

    def inner() -> dict[str, Any]:
        return model(rng, depth + 1)

    drawn = {
        "type": lambda: rng.choice(["object", "array", "string", "number", "integer"]),
        "properties": lambda: {name: inner() for name in rng.sample(_NAMES, 2)},
        "items": inner,
        "uniqueItems": lambda: True,
        "oneOf": lambda: [inner() for _ in range(rng.randint(1, 4))],
        "anyOf": lambda: [inner() for _ in range(rng.randint(1, 3))],
        "allOf": lambda: [inner() for _ in range(rng.randint(1, 3))],
        "not": inner,
        "enum": lambda: [value(rng, 20) for _ in range(rng.choice([1, 5, 200]))],
        "pattern": lambda: pattern(rng),
        "patternProperties": lambda: {pattern(rng): inner()},
        "additionalProperties": lambda: rng.choice([False, inner()]),
        "multipleOf": lambda: rng.choice([0.01, 3, 1e-300, 7.5]),
        "required": lambda: rng.sample(_NAMES, 2),
        "dependencies": lambda: {"a": ["b"]},
        "maxLength": lambda: rng.randint(1, 100),
    }
    return {keyword: drawn[keyword]() for keyword in rng.sample(sorted(drawn), rng.randint(1, 3))}


def value(rng: random.Random, most: int) -> Any:
    """Return JSON of about a number of nodes at most."""
    size = max(1, int(most ** rng.random()))
    return rng.choice(_VALUES)(rng, size)


_VALUES = [
    lambda rng, _: rng.choice([None, True, 1, 1.0, -0.0, 1e308, "a", ""]),
    lambda _, size: [n * (2**61 - 1) for n in range(size)],
    lambda _, size: list(range(size)),
    lambda _, size: [{"a": n} for n in range(size)],
    lambda _, size: [[]] * size,
    lambda _, size: {f"a{n}": n for n in range(size)},
    lambda rng, size: {name: value(rng, size // 3) for name in rng.sample(_NAMES, 3)} if size > 2 else {},
    lambda rng, size: [value(rng, size // 3) for _ in range(3)] if size > 2 else [],
    lambda rng, size: text(rng, size * 4),
    lambda _, size: 10 ** min(size, 4000),
    lambda _, size: _nested(min(size, 800)),
    lambda _, size: [{"a": [{"b": [{"c": 1}] * 3}] * 3}] * max(1, size // 20),
]


def _nested(depth: int) -> Any:
    found: Any = {}
    for _ in range(depth):
        found = {"a": found}
    return found


def body(rng: random.Random) -> bytes:
    """Return a body, most of them JSON."""
    kind = rng.random()
    if kind < 0.1:
        return text(rng, 200_000).encode(errors="replace")
    if kind < 0.15:
        return (rng.choice(["[", '{"a":', "[[],", "9", '"', "[1e999,"]) * int(100_000 ** rng.random())).encode()
    if kind < 0.2:
        return json.dumps(
            "".join(_VELOCITY[rng.randrange(len(_VELOCITY))] * int(5_000 ** rng.random()) for _ in range(2))
        ).encode()
    return json.dumps(value(rng, 10_000 if rng.random() < 0.95 else 300_000)).encode()


_VELOCITY = [
    "$x",
    "#[[",
    "\\",
    "#set($x=1)",
    "${",
    "#macro(a)#end",
    "#if(true)",
    "##",
    '"',
    "$a.b(",
    "#foreach($i in [1..9])#end",
]


def velocity(rng: random.Random, depth: int = 0) -> str:
    """Return a mapping template."""
    written = "".join(rng.choices(_STATEMENTS, k=rng.randint(1, 4)))
    while "BODY" in written:
        written = written.replace("BODY", velocity(rng, depth + 1) if depth < 2 else "x", 1)
    while "REGEX" in written:
        written = written.replace("REGEX", pattern(rng).replace("'", ""), 1)
    while "PATH" in written:
        written = written.replace("PATH", rng.choice(_PATHS).replace("'", '"'), 1)
    return written


def template(rng: random.Random) -> dict[str, Any]:
    """Return a CloudFormation template: an API whose routes have models, templates and an authorizer, behind a web ACL."""
    body = {
        "openapi": "3.0.1",
        "info": {"title": "a", "version": "1"},
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestParameters": False, "validateRequestBody": True}
        },
        "x-amazon-apigateway-request-validator": "all",
        "components": {"schemas": {"M": model(rng)}, "securitySchemes": {"own": _authorizer(rng)}},
        "paths": {"/quiet": {"get": {"x-amazon-apigateway-integration": _QUIET}}}
        | {f"/r{number}": {"post": _method(rng)} for number in range(ROUTES)},
    }
    api = {
        "Type": "AWS::ApiGateway::RestApi",
        "Properties": {"EndpointConfiguration": {"Types": ["REGIONAL"]}, "Body": body},
    }
    stage = {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployment"}, "StageName": "live"}
    resources = {
        "Api": api,
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
    }
    return {"Resources": resources | (_web_acl(rng) if rng.random() < 0.5 else {})}


_QUIET = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}


def _authorizer(rng: random.Random) -> dict[str, Any]:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:none/invocations"
    return {
        "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": uri, "identityValidationExpression": pattern(rng)},
    }  # fmt: skip


def _method(rng: random.Random) -> dict[str, Any]:
    response: dict[str, Any] = {"statusCode": "200", "responseTemplates": {"application/json": velocity(rng)}}
    if rng.random() < 0.3:
        response["responseParameters"] = {"method.response.header.h": "integration.response.body.a.b"}
    integration = {
        "type": "http", "httpMethod": "POST", "uri": "http://example.com/",
        "responses": {"default": response, f"2{pattern(rng)}": response} if rng.random() < 0.2 else {"default": response},
    }  # fmt: skip
    if rng.random() < 0.6:
        integration["requestTemplates"] = {"application/json": velocity(rng)}
    if rng.random() < 0.3:
        integration["requestParameters"] = {"integration.request.header.h": "method.request.body.a[0].b"}
    method: dict[str, Any] = {"x-amazon-apigateway-integration": integration}
    if rng.random() < 0.6:
        schema = {"$ref": "#/components/schemas/M"} if rng.random() < 0.3 else model(rng)
        method["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    if rng.random() < 0.1:
        method["security"] = [{"own": []}]
    return method


def _web_acl(rng: random.Random) -> dict[str, Any]:
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    fields = [
        {"Body": {}},
        {"QueryString": {}},
        {"UriPath": {}},
        {"AllQueryArguments": {}},
        {"SingleHeader": {"Name": "x"}},
    ]
    rules = []
    for number in range(rng.randint(1, 4)):
        changes = [{"Priority": n, "Type": rng.choice(_TRANSFORMATIONS)} for n in range(rng.randint(1, 3))]
        statement = {"RegexString": pattern(rng), "FieldToMatch": rng.choice(fields), "TextTransformations": changes}
        rules.append({
            "Name": f"r{number}", "Priority": number, "Action": {"Count": {}}, "VisibilityConfig": visibility,
            "Statement": {"RegexMatchStatement": statement},
        })  # fmt: skip
    acl = {
        "Name": "w",
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visibility,
        "Rules": rules,
    }
    stage = {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/live"}
    return {
        "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
        "Guarded": {
            "Type": "AWS::WAFv2::WebACLAssociation",
            "DependsOn": "Stage",
            "Properties": {"ResourceArn": stage, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}},
        },
    }


def request(rng: random.Random, host: bytes) -> bytes:
    """Return a request to one of the routes, as it is sent."""
    content = body(rng)
    query = "".join(rng.choices("ab&=%41;+", k=int(1500 ** rng.random())))
    words = "".join(rng.choices("ab .1", k=int(3000 ** rng.random()))).strip()
    head = (
        f"POST /live/r{rng.randrange(ROUTES)}?{query} HTTP/1.1\r\nX: {words}\r\nAuthorization: {words}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    )
    return head.encode() + b"Host: " + host + b"\r\n\r\n" + content
