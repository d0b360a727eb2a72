"""Texts that are URLs, nearly URLs, and no URLs."""

import pytest

from netful.model.core.urls import host_of_url, url_parts


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("https://api.example.com:8443/x", "api.example.com", 8443),
        ("https://api.example.com:{port}/x", "api.example.com", None),
        ("http://[::1", "", None),
        ("", "", None),
    ],
)
def test_a_host_does_not_need_a_port(text, host, port):
    assert (host_of_url(text), url_parts(text).port) == (host, port)
