"""Services of the JSON protocols: requests that no operation takes, and what is no fault of the request."""

import asyncio
import json

from netful.account.operations.json_api import JsonApi
from netful.model.core import UnkeptError
from netful.services.http.message import Request


def ask(serve, body=b"{}"):
    headers = (("x-amz-target", "AmazonEC2ContainerServiceV20141113.ListClusters"),)
    api = JsonApi("ecs", {"ListClusters": serve})
    answer = asyncio.run(api.handle(Request("POST", "/", headers, body, None)))
    return answer.status, json.loads(answer.body)["__type"]


def test_an_answer_that_cannot_be_kept_is_unavailable():
    async def full(_asked):
        raise UnkeptError("the disk is full")

    assert ask(full) == (503, "ServiceUnavailable")


def test_a_value_of_another_type_is_refused():
    async def never(_asked):
        raise AssertionError

    assert ask(never, b'{"maxResults": "many"}') == (400, "SerializationException")
