"""Drawn integrations of REST APIs."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import INVOKE, mostly, resource, sub


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
        return resource("", Type=kind, IntegrationHttpMethod=draw(mostly("POST", "GET")), Uri=sub(INVOKE.format(target)), **more)["Properties"]  # fmt: skip
    uri = draw(mostly("https://example.com/", "https://example.com/{id}", "https://${stageVariables.host}/x"))
    values = (
        {"integration.request.path.id": "method.request.path.id"} if "{id}" in path and draw(st.booleans()) else None
    )
    more = mapped if kind == "HTTP" else {}
    return resource("", Type=kind, IntegrationHttpMethod="ANY" if kind == "HTTP_PROXY" else "GET", Uri=uri, RequestParameters=values, **more)["Properties"]  # fmt: skip
