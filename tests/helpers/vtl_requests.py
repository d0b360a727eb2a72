from netful.engine.vtl import Parameters, Scope, compile_template, new_context

CONTEXT = {
    "apiId": "abc1234567",
    "httpMethod": "POST",
    "requestTimeEpoch": 1722641683000,
    "authorizer": {"claims": {"sub": "u-1"}},
    "identity": {"sourceIp": "192.0.2.7", "caller": None},
}


def scope(body="", **parameters):
    return Scope(body, Parameters(**parameters), new_context(CONTEXT), {"table": "orders", "a-b": "dashed"})


def render(template, body="", **parameters):
    return compile_template(template).render(scope(body, **parameters))
