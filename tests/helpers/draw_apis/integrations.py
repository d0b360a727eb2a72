"""Drawn integrations of REST APIs."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import INVOKE, att, mostly, ref, resource, sub

STREAMING = INVOKE.replace("2015-03-31", "2021-11-15").replace("invocations", "response-streaming-invocations")
DEFAULT = {"StatusCode": "200", "ResponseTemplates": {"application/json": "reached"}}
NOT_FOUND = {**DEFAULT, "StatusCode": "404", "SelectionPattern": "4.4"}
REQUEST_HEADER = "integration.request.header."


@st.composite
def integrations(draw, path):
    kind = draw(st.sampled_from(("MOCK", "AWS_PROXY", "AWS_PROXY", "AWS", "HTTP_PROXY", "HTTP", "SERVICE")))
    if draw(mostly(False, False, True)):
        return None
    shared = {
        "PassthroughBehavior": draw(mostly(None, "NEVER", "WHEN_NO_TEMPLATES")),
        "ContentHandling": draw(mostly(None, "CONVERT_TO_TEXT", "CONVERT_TO_BINARY")),
    }
    responses = {"IntegrationResponses": draw(mostly([DEFAULT], None, [NOT_FOUND], [NOT_FOUND, DEFAULT]))}
    if kind == "SERVICE":
        return resource("", Type="AWS", **shared, **responses, **_service(draw))["Properties"]
    own = _mock(draw) if kind == "MOCK" else _function(draw, kind) if "AWS" in kind else _web_server(draw, kind, path)
    return resource("", Type=kind, **shared, **({} if "PROXY" in kind else responses), **own)["Properties"]


def _templates(draw):
    broken = {"application/json": draw(st.sampled_from(("#if(", "$input.path('$.a'")))}
    return draw(mostly(None, {"application/json": "{}"}, {"application/xml": "{}"}, broken))


def _mock(draw):
    texts = (
        '{"statusCode": 200}',
        '{"statusCode": 200}',
        '{"statusCode": 404}',
        '{"statusCode": "200"}',
        '#set($x = 1){"statusCode": 404}',
        "#if(",
    )
    kinds = ("application/json", "application/json", "application/xml")
    return {"RequestTemplates": draw(mostly({draw(st.sampled_from(kinds)): draw(st.sampled_from(texts))}, None))}


def _service(draw):
    place, template = draw(
        st.sampled_from(
            (
                ("dynamodb:action/PutItem", '{"TableName": "orders", "Item": {}}'),
                ("dynamodb:action/PutItem", '{"TableName": "$input.params("id")", "Item": {}}'),
                ("sqs:path/123456789012/orders", "Action=SendMessage&MessageBody=x"),
                ("sqs:path/123456789012/others", "Action=SendMessage&MessageBody=x"),
            )
        )
    )
    form = {f"{REQUEST_HEADER}Content-Type": "'application/x-www-form-urlencoded'"} if "sqs" in place else None
    return {
        "IntegrationHttpMethod": "POST",
        "Uri": f"arn:aws:apigateway:us-east-1:{place}",
        "Credentials": att(draw(mostly("WriterRole", "ReaderRole", "StrangeRole"))),
        "RequestTemplates": {"application/json": template},
        "RequestParameters": form,
    }


def _function(draw, kind):
    target = draw(mostly("${Fn.Arn}", "${Live}", "${Fn.Arn}:${!stageVariables.alias}"))
    streams = kind == "AWS_PROXY" and draw(mostly(False, False, True))
    mapped = {"RequestTemplates": _templates(draw)} if kind == "AWS" else {}
    names = draw(mostly((), ("X-Own",), ("Content-Length",), ("TE",)))
    return mapped | {
        "IntegrationHttpMethod": draw(mostly("POST", "GET")),
        "Uri": sub((STREAMING if streams else INVOKE).format(target)),
        "ResponseTransferMode": "STREAM" if streams else None,
        "RequestParameters": {REQUEST_HEADER + name: "'trailers'" for name in names} or None,
    }


def _web_server(draw, kind, path):
    names = draw(mostly((), ("X-Own",), ("Content-Length",)))
    fills = "{id}" in path and draw(st.booleans())
    mapped = {REQUEST_HEADER + name: "'1'" for name in names}
    mapped |= {"integration.request.path.id": "method.request.path.id"} if fills else {}
    link = {"ConnectionType": "VPC_LINK", "ConnectionId": ref("OldLink")}
    mapped |= draw(mostly({}, {"integration.request.querystring.q": "'2'"}))
    return draw(mostly({}, link)) | {
        "RequestTemplates": _templates(draw),
        "IntegrationHttpMethod": "ANY" if kind == "HTTP_PROXY" else "GET",
        "Uri": draw(mostly("https://example.com/", "https://example.com/{id}", "https://${stageVariables.host}/x")),
        "RequestParameters": mapped or None,
        "ResponseTransferMode": draw(mostly(None, "STREAM")) if kind == "HTTP_PROXY" else None,
    }
