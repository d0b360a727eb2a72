"""Clients of the account's APIs without a kernel: parameters in, what botocore reads out of the answer back."""

import asyncio
from urllib.parse import quote, urlencode

from botocore.awsrequest import HeadersDict, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from netful.account.wire.service_model import service_model
from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.services.http.message import ClientConnection, Request

HERE = ClientConnection(Door(DoorKind.LOCAL), ("127.0.0.1", 1), ("127.0.0.1", 2))


class Running:
    """A cloud without a kernel."""

    def __init__(self, cloud=None):
        self.cloud = cloud or Cloud.of(region="eu-west-1", account_id="123456789012")

    async def become(self, step):
        self.cloud = step(self.cloud)
        return self.cloud


class Client:
    """Calls an API as botocore does: the parsed output, or the error's code."""

    def __init__(self, service, handle):
        self.service = service
        self.handle = handle
        self.error = {}

    def __call__(self, action, **parameters):
        operation = service_model(self.service).operation_model(action)
        protocol = operation.service_model.metadata["protocol"]
        asked = create_serializer(protocol, include_validation=True).serialize_to_request(parameters, operation)
        body = asked["body"]
        if isinstance(body, dict):
            texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in body.items()}
            body = urlencode(texts, quote_via=quote).encode()
        prepare_request_dict(asked, "http://host")
        target = asked["url"].removeprefix("http://host")
        request = Request(asked["method"], target, (("Host", "host"),), body or b"", HERE)
        response = asyncio.run(self.handle(request))
        answer = {"body": response.body, "status_code": response.status, "headers": HeadersDict(response.headers)}
        parsed = create_parser(protocol).parse(answer, operation.output_shape)
        self.error = parsed.get("Error", {}) if response.status >= 300 else {}
        assert response.status < 500, parsed
        return self.error["Code"] if self.error else parsed


def filled(shape):
    """Some value of a shape with every member, which names nothing that exists."""
    if shape.type_name == "structure":
        return {name: filled(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [filled(shape.member)]
    if shape.type_name == "map":
        return {"x": filled(shape.value)}
    least, enum = shape.metadata.get("min", 1), shape.metadata.get("enum")
    text = enum[0] if enum else "x" * max(1, least)
    return {"integer": least, "long": least, "boolean": False}.get(shape.type_name, text)
