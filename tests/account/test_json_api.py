"""Services of the JSON protocols: what is wrong with the machine is no fault of the request."""

import asyncio
import json

from netful.account.json_api import JsonApi
from netful.model.core import UnkeptError
from netful.services.http.message import Request


def test_an_answer_that_cannot_be_kept_is_unavailable():
    async def full(_asked):
        raise UnkeptError("the disk is full")

    api = JsonApi("ecs", {"ListClusters": full})
    headers = (("x-amz-target", "AmazonEC2ContainerServiceV20141113.ListClusters"),)
    answer = asyncio.run(api.handle(Request("POST", "/", headers, b"{}", None)))
    assert (answer.status, json.loads(answer.body)["__type"]) == (503, "ServiceUnavailable")
