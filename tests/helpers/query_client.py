"""A client of the query protocols without a network: parameters in, the parsed output or the error's code and text out."""

from urllib.parse import quote

from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from netful.account.wire.service_model import service_model
from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import ClientConnection, Request

HERE = ClientConnection(Door(DoorKind.LOCAL), ("127.0.0.1", 1), ("127.0.0.1", 2))


class Refused(Exception):  # noqa: N818  # the service's word
    """The error of a call."""

    def __init__(self, code, message, status):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class QueryClient:
    """Calls of one service, answered by its handler on a loop of the test's."""

    def __init__(self, service, handle, run):
        self._service, self._handle, self._run = service, handle, run
        self._protocol = str(service_model(service).metadata["protocol"])

    def __call__(self, action, **parameters):
        operation = service_model(self._service).operation_model(action)
        serializer = create_serializer(self._protocol, include_validation=True)
        body = serializer.serialize_to_request(parameters, operation)["body"]
        form = "&".join(f"{name}={_quoted(value)}" for name, value in body.items())
        request = Request("POST", "/", (("Host", f"{self._service}.us-east-1.amazonaws.com"),), form.encode(), HERE)
        response = self._run(self._handle(request))
        answer = {"body": response.body, "status_code": response.status, "headers": {}}
        parsed = create_parser(self._protocol).parse(answer, operation.output_shape)
        if "Error" in parsed:
            raise Refused(parsed["Error"]["Code"], parsed["Error"]["Message"], response.status)
        return parsed


def _quoted(value):
    return quote(str(value).lower() if isinstance(value, bool) else str(value))
