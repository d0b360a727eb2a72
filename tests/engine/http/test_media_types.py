"""Which bodies are binary, by the media types of a REST API."""

import pytest

from netful.engine.http.media_types import is_binary
from netful.model.apis.api import RestApi


@pytest.mark.parametrize(
    ("listed", "media_type", "binary"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/png",), "Image/PNG; q=1, text/html", True),
        (("image/png",), "text/html, image/png", False),
        (("image~1png",), "image/png", True),
        (("image/*",), "image/gif", True),
        (("image/*",), "text/html", False),
        (("*/*",), "", True),
        (("image/png",), "", False),
    ],
)
def test_the_first_media_type_decides(listed, media_type, binary):
    assert is_binary(RestApi("Api", "api", binary_media_types=listed), media_type) is binary
