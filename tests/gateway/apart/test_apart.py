"""Work apart: results and errors come back, a deadline ends what takes too long, and the gateway answers all the same."""

import asyncio
import json
import os
import re
import signal

import pytest

from netful.engine.vtl import RenderError, Scope, render_apart
from netful.gateway.apart.apart import Apart, ApartError
from tests.helpers.api_templates import of_document

pytestmark = pytest.mark.programs


def run(work):
    async def main():
        apart = Apart()
        try:
            return await work(apart)
        finally:
            apart.close()

    return asyncio.run(main())


def test_results_and_errors_come_back_from_one_process():
    async def work(apart):
        first = await apart.run(os.getpid)
        template = "#set($context.requestOverride.header.a = 1)#set($context.requestOverride.header.a = 2)"
        with pytest.raises(RenderError, match="overridden"):
            await apart.run(render_apart, template, Scope(), b"")
        text, context = await apart.run(
            render_apart, "#set($context.requestOverride.header.a = 'b')$input.body", Scope(), b"x"
        )
        assert (text, context["requestOverride"]["header"]) == (b"x", {"a": "b"})
        return first, await apart.run(os.getpid)

    first, second = run(work)
    assert first == second != os.getpid()


def test_a_process_that_is_killed_is_replaced():
    async def work(apart):
        pid = await apart.run(os.getpid)
        with pytest.raises(ApartError):
            await apart.run(os.kill, pid, signal.SIGKILL)
        return pid, await apart.run(os.getpid)

    first, second = run(work)
    assert first != second


def test_work_that_takes_too_long_ends_while_others_are_served():
    async def work(apart):
        endless = asyncio.ensure_future(apart.run(re.fullmatch, "(a+)+b", "a" * 60))
        for _ in range(20):
            assert await apart.run(abs, -1) == 1
        assert not endless.done()
        with pytest.raises(ApartError):
            await endless

    run(work)


def test_too_much_work_is_refused_at_once():
    async def work(apart):
        found = await asyncio.gather(*(apart.run(abs, -1) for _ in range(100)), return_exceptions=True)
        assert {1, ApartError} == {one if one == 1 else type(one) for one in found}

    run(work)


API = of_document("""
    openapi: 3.0.1
    x-amazon-apigateway-request-validators: {body: {validateRequestParameters: false, validateRequestBody: true}}
    x-amazon-apigateway-request-validator: body
    paths:
      /model:
        post:
          requestBody: {content: {application/json: {schema: {type: string, pattern: '^(?=.*[0-9])(a|b|[0-9])+$'}}}}
          x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200}}}
      /template:
        post:
          x-amazon-apigateway-integration:
            type: mock
            requestTemplates: {application/json: '{"statusCode": 200}'}
            responses:
              "2..": {statusCode: 500}
              "(?=2)2(?!1)..": {statusCode: 200, responseTemplates: {application/json: '#set($x = 0)#foreach($i in [1..1000])#foreach($j in [1..100])#set($x = $x + 1)#end#end#set($context.responseOverride.header.n = "$x")$x'}}
              default: {statusCode: 500}
""")


@pytest.mark.parametrize(
    ("path", "body", "status"), [("/live/model", "aab1", 200), ("/live/model", "aab", 400), ("/live/template", "", 200)]
)
def test_the_answer_is_that_of_aws(bench_of, path, body, status):
    response = asyncio.run(bench_of(API).call("POST", path, body=json.dumps(body).encode()))
    assert response.status == status
    if "template" in path:
        assert response.body == b"100000"
        assert ("n", "100000") in response.headers
