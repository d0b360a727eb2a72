"""Trace headers of requests to services."""

from netful.fabric.doors.door import Door, DoorKind
from netful.services.front.service_trace import carrying
from netful.services.http.message import ClientConnection, Request

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def test_a_request_has_the_header_in_place_of_the_clients():
    connection = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443))
    headers = (("X-Amz-Target", "AWSStepFunctions.StartExecution"), ("X-Amzn-Trace-Id", "Root=1-0-0"))
    sent = Request("POST", "/", headers, b"{}", connection)
    assert carrying(sent, HEADER).headers == (headers[0], ("x-amzn-trace-id", HEADER))
