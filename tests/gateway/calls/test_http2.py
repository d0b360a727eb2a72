"""APIs for clients that speak HTTP/2: what functions and the edge see of it."""

import asyncio

from tests.helpers.gateway_bench import FUNCTION
from tests.helpers.http2_client import Client, serving
from tests.helpers.processes import ENOUGH_SECONDS

HOST = "{}.execute-api.us-east-1.amazonaws.com"
APIS = (
    """
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: stage, EndpointConfiguration: {Type: REGIONAL}}
  Edge:
    Type: AWS::Serverless::Api
    Properties: {StageName: stage, EndpointConfiguration: {Type: EDGE}}
  Http: {Type: AWS::Serverless::HttpApi}
  Sockets: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: s, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Sockets, StageName: stage, AutoDeploy: true}}
"""
    + FUNCTION
    + """
      Events:
        A: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: post}}
        B: {Type: Api, Properties: {RestApiId: !Ref Edge, Path: /a, Method: post}}
        C: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: post}}
"""
)


def asked(bench, folder, api, path="/stage/a"):
    """The status of a request to an API."""

    async def main():
        async with serving(folder, bench.gateway.answer) as server:
            client = Client(*await server.open())
            stream = client.ask(path, ("x-one", "1"), method="POST", host=HOST.format(api), body=b"")
            await client.upload(stream, b"text")
            status, _, _ = await asyncio.wait_for(client.answer(stream), ENOUGH_SECONDS)
            client.close()
            return status

    return asyncio.run(main())


def test_functions_see_http_1_and_the_names_of_headers_as_sent(bench_of, tmp_path):
    bench = bench_of(APIS)
    assert asked(bench, tmp_path, "Rest") == asked(bench, tmp_path, "Http", "/a") == 200
    rest, http = bench.events
    assert (rest["requestContext"]["protocol"], http["requestContext"]["http"]["protocol"]) == ("HTTP/1.1", "HTTP/1.1")
    assert (rest["headers"]["x-one"], rest["headers"]["Host"], rest["body"]) == ("1", HOST.format("rest"), "text")
    assert http["headers"]["host"] == HOST.format("http")


def test_edge_tells_which_version_it_was_asked_in(bench_of, tmp_path):
    bench = bench_of(APIS)
    assert asked(bench, tmp_path, "Edge") == 200
    assert bench.events[0]["headers"]["Via"].startswith("2.0 ")


def test_no_websocket_is_opened_over_http2(bench_of, tmp_path):
    assert asked(bench_of(APIS), tmp_path, "Sockets", "/stage") == 403
