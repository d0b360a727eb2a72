"""Requests that a client repeats on a connection: the same bytes are the same request, however they come."""

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.head import RefusedError, RequestReader
from netful.services.http.limits import Limits
from netful.services.http.message import ClientConnection

A = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
B = b"GET /b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n123"
CHUNKED = b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
LAST = b"GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def reader_of(requests):
    connection = ClientConnection(Door(DoorKind.INTERNET), ("192.0.2.1", 1), ("192.0.2.2", 80))
    return RequestReader(connection, Limits(), lambda *request: requests.append(request), lambda: None)


def read(*pieces):
    """Feed pieces, and return the requests: target, body, and whether the connection stays open."""
    requests = []
    reader = reader_of(requests)
    for piece in pieces:
        reader.feed(piece)
    return [(request.target, request.body, stays) for request, stays in requests]


GET_A, GET_B, THE_POST = ("/a", b"", True), ("/b", b"", True), ("/p", b"123", True)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([A, A, A], [GET_A] * 3),
        ([A, B, A, A, B], [GET_A, GET_B, GET_A, GET_A, GET_B]),
        ([A[:9], A[9:], A, A], [GET_A] * 3),
        ([A, A[:9], A[9:], A], [GET_A] * 3),
        ([A + A, A + A, A], [GET_A] * 5),
        ([A + B[:7], B[7:], A + B[:7], B[7:]], [GET_A, GET_B] * 2),
        ([POST, POST, A, POST], [THE_POST, THE_POST, GET_A, THE_POST]),
        ([POST[:-3], b"123", POST, POST], [THE_POST] * 3),
        ([CHUNKED, CHUNKED], [("/c", b"ab", True)] * 2),
        ([A, A, LAST], [GET_A, GET_A, ("/z", b"", False)]),
    ],
)
def test_pieces(pieces, expected):
    assert read(*pieces) == expected


def test_bytes_that_are_a_body_are_no_request():
    """A body may look like the request before it."""
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(A)
    assert read(A, head, A, A) == [GET_A, ("/p", A, True), GET_A]


def test_a_repeated_request_is_the_same_object():
    requests = []
    reader = reader_of(requests)
    for _ in range(2):
        reader.feed(A)
    assert requests[0][0] is requests[1][0]


def test_what_follows_is_judged():
    requests = []
    reader = reader_of(requests)
    reader.feed(A)
    reader.feed(A)
    with pytest.raises(RefusedError):
        reader.feed(b"GET /a HTTP/1.1\r\n\r\n")
