"""A client of the Lambda API of a bench."""

import base64
import io
import json
import zipfile

from netful.functions.api.lambda_api import LambdaApi
from netful.functions.api.protocol.message import OperationCall
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import EventSettings

FN = "/2015-03-31/functions/my-fn"
WHICH = "import os\ndef handler(event, context): return [os.environ['AWS_LAMBDA_FUNCTION_VERSION'], {value}]"


class Client:
    """Calls the API of a service."""

    def __init__(self, service) -> None:
        async def nothing(_it):
            raise AssertionError

        outlets = Outlets(
            nothing, nothing, lambda _id: service.cloud.compute.functions["Fn"], lambda _id: EventSettings()
        )
        self.service = service
        self.api = LambdaApi(lambda: service, EventQueue(outlets))

    async def __call__(self, method, path, body=None, **query):
        reply = await self.api.handle(
            OperationCall(method, path, query, body=json.dumps(body).encode() if body else b"")
        )
        assert reply.status < 300, reply.body
        return json.loads(reply.body) if reply.body else None

    async def refused(self, method, path, body=None, **query):
        reply = await self.api.handle(
            OperationCall(method, path, query, body=json.dumps(body).encode() if body else b"")
        )
        told = json.loads(reply.body)
        return reply.status, dict(reply.headers)["x-amzn-ErrorType"], told.get("message") or told.get("Message")

    async def invoke(self, qualifier=""):
        reply = await self.api.handle(
            OperationCall("POST", f"{FN}/invocations", {"Qualifier": qualifier} if qualifier else {})
        )
        return json.loads(reply.body), dict(reply.headers)["X-Amz-Executed-Version"]


def zipped(value) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", WHICH.format(value=value))
    return base64.b64encode(packed.getvalue()).decode()
