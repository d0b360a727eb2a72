"""Drawn questions about a cloud of APIs."""

from hypothesis import strategies as st

from netful.model.core import Frozen
from tests.helpers.draw_apis.clouds import clouds
from tests.helpers.draw_apis.templates import CLIENT, DOMAIN, HTTP_DOMAIN, OFFICE, PRIVATE_DOMAIN, mostly

ASKED = ("/", "/a", "/a/", "/a/b", "/a/7", "/a/7/x", "/b", "//a", "/A", "/a%2Fb", "/a/b?bad=1", "/a?need=1&who=me", "")
METHODS = ("GET", "GET", "POST", "HEAD", "OPTIONS")
PREFLIGHT = (("Origin", "https://shop.example"), ("Access-Control-Request-Method", "GET"))
HEADERS = (
    (("X-Mode", "beta"),),
    (("X-Mode", "other"),),
    (("X-HTTP-Method-Override", "POST"),),
    (("Content-Type", "text/plain"),),
    (("Content-Type", "application/xml"),),
    (("Content-Type", "application/json; charset=utf-8"), ("Accept", "application/xml")),
    PREFLIGHT,
    PREFLIGHT[:1],
)


class Asked(Frozen):
    """A request in words: `way` is `own`, `endpoint name`, `associated`, `header`, a domain, or the method of `Api METHOD /path`."""

    source: str
    api: str
    way: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


OUTSIDE = (CLIENT, OFFICE, f"{CLIENT}+Own", f"{CLIENT}+Partner")
INSIDE = ("endpoint:Ep", "endpoint:Ep+signed", "endpoint:Ep+Own", "endpoint:Ep+Partner", "Caller")
ANY_WAY = (
    "own",
    "port",
    "capitals",
    "endpoint name",
    "associated",
    "header",
    DOMAIN,
    PRIVATE_DOMAIN,
    HTTP_DOMAIN,
    *METHODS,
)


@st.composite
def questions(draw, template):
    """A question about a cloud, most often by a way that leads to the API."""
    api = draw(st.sampled_from(("Api", "Api", "Api", "Http", "Http", "Chat")))
    private = api == "Api" and template["Resources"]["Api"]["Properties"]["EndpointConfiguration"]["Types"] == [
        "PRIVATE"
    ]
    source = draw(mostly(*((INSIDE, OUTSIDE) if private else (OUTSIDE, INSIDE))))
    domain = {"Api": PRIVATE_DOMAIN if private else DOMAIN, "Http": HTTP_DOMAIN}.get(api, DOMAIN)
    through = ("endpoint name", "associated", "header") if private else ("own",)
    way = draw(
        mostly(draw(st.sampled_from(("own", domain, *through, *METHODS))), *ANY_WAY[:1], draw(st.sampled_from(ANY_WAY)))
    )
    of_domain, of_api = ("", "/shop", "/a", "/shop/v1"), ("/live", "" if api == "Http" else "/live", "/test")
    start = draw(mostly(draw(st.sampled_from(of_domain if way == domain else of_api)), "", "/live/", "/shop", "/live"))
    headers = draw(mostly((), *HEADERS))
    asked = draw(st.sampled_from((*ASKED, "/@connections/abc") if api == "Chat" else ASKED))
    return Asked(draw(st.sampled_from(source)), api, way, start + asked, headers)


@st.composite
def examinations(draw, number):
    """The template of a cloud, and questions about it."""
    template = draw(clouds())
    return template, [draw(questions(template)) for _ in range(number)]
