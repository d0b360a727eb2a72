"""A client of the query protocols, and of REST-XML, without a network: parameters in, the parsed output or the error out."""

from urllib.parse import quote, urlencode

from botocore.awsrequest import HeadersDict, prepare_request_dict
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
        asked = create_serializer(self._protocol, include_validation=True).serialize_to_request(parameters, operation)
        prepare_request_dict(asked, "http://host")
        target = asked["url"].removeprefix("http://host")
        target_header = asked["headers"].get("X-Amz-Target")
        more = (("X-Amz-Target", target_header),) if target_header else ()
        headers = (("Host", f"{self._service}.eu-west-1.amazonaws.com"), *more)
        request = Request(asked["method"], target, headers, _encoded(asked["body"]), HERE)
        response = self._run(self._handle(request))
        answer = {"body": response.body, "status_code": response.status, "headers": HeadersDict(response.headers)}
        parsed = create_parser(self._protocol).parse(answer, operation.output_shape)
        if "Error" in parsed:
            raise Refused(parsed["Error"]["Code"], parsed["Error"]["Message"], response.status)
        return parsed


def _encoded(body):
    """The body of a request: a form, or XML as it is."""
    if not isinstance(body, dict):
        return body or b""
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in body.items()}
    return urlencode(texts, quote_via=quote).encode()
