"""Origins that the cross-origin settings of an HTTP API allow (api-gateway §6.5)."""

import pytest

from netful.engine.http.cors import answer_headers, preflight_headers
from netful.model.apis.cors import CorsConfiguration


@pytest.mark.parametrize(
    ("allowed", "origin", "told"),
    [
        (("*",), "https://a.example", "*"),
        (("https://b.example", "https://a.example"), "https://a.example", "https://a.example"),
        (("https://*",), "https://a.example", "https://a.example"),
        (("https://*",), "http://a.example", None),
        (("https://b.example",), "https://a.example", None),
        (("*",), "", None),
    ],
)
def test_the_origin_that_a_browser_is_told(allowed, origin, told):
    cors = CorsConfiguration(allowed, expose_headers=("x-own",), allow_credentials=True)
    for found in (preflight_headers(cors, origin), answer_headers(cors, origin, ())):
        assert dict(found).get("access-control-allow-origin") == told
        assert dict(found).get("access-control-expose-headers") == (told and "x-own")
        assert bool(found) is (told is not None)
