"""Drawn questions about a cloud of APIs."""

from hypothesis import strategies as st

from netful.model.core import Frozen
from tests.helpers.draw_apis.clouds import clouds
from tests.helpers.draw_apis.templates import CLIENT, DOMAIN, HTTP_DOMAIN, OFFICE, PRIVATE_DOMAIN, mostly, ref

ASKED = ("/", "/a", "/a/", "/a/b", "/a/7", "/a/7/x", "/b", "//a", "/A", "/a%2Fb", "/a/b?bad=1", "/a?need=1&who=me", "")
METHODS = ("GET", "GET", "POST", "HEAD", "OPTIONS")
PREFLIGHT = (("Origin", "https://shop.example"), ("Access-Control-Request-Method", "GET"))
HEADERS = (
    (("X-Mode", "beta"),),
    (("X-Mode", "other"),),
    (("Referer", "https://shop.example/cart"), ("User-Agent", "curl/8")),
    (("Referer", "https://elsewhere.example/"), ("User-Agent", "Mozilla/5.0")),
    (("X-HTTP-Method-Override", "POST"),),
    (("Content-Type", "text/plain"),),
    (("Content-Type", "application/xml"),),
    (("Content-Type", "application/json; charset=utf-8"), ("Accept", "application/xml")),
    PREFLIGHT,
    PREFLIGHT[:1],
)


class Asked(Frozen):
    """A request in words: `door` is its endpoint, `way` is `own`, `endpoint name`, `associated`, `header`, a domain, or the method of `Api METHOD /path`."""

    source: str
    api: str
    way: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    door: str = "Ep"


OUTSIDE = (CLIENT, OFFICE, f"{CLIENT}+Own", f"{CLIENT}+Partner", f"{CLIENT}+Narrow")
DOORS = ("Ep", "Ep", "Ep", "Other")
INSIDE = (
    "Caller",
    *(f"endpoint:{door}{who}" for door in ("Ep", "Other") for who in ("", "+signed", "+Own", "+Partner", "+Narrow")),
)
INSIDE = tuple(source for source in INSIDE for _ in range(1 if "Other" in source else 3))
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
    """A question about a cloud, most often by a way that leads to a route of the API."""
    api = draw(st.sampled_from(("Api", "Api", "Api", "Http", "Http", "Chat")))
    if draw(mostly(False, False, True)):
        return Asked(draw(st.sampled_from(OUTSIDE)), "Url", "own", draw(st.sampled_from(("", "/", "/a?x=1"))))
    private = api == "Api" and template["Resources"]["Api"]["Properties"]["EndpointConfiguration"]["Types"] == [
        "PRIVATE"
    ]
    source = draw(mostly(*((INSIDE, OUTSIDE) if private else (OUTSIDE, INSIDE))))
    domain = {"Api": PRIVATE_DOMAIN if private else DOMAIN, "Http": HTTP_DOMAIN}.get(api, DOMAIN)
    through = ("endpoint name", "associated", "header") if private else ("own",)
    way = draw(mostly(draw(st.sampled_from(("own", domain, *through, *METHODS))), draw(st.sampled_from(ANY_WAY))))
    known = _start(template, api, way == domain)
    start = draw(
        mostly(
            known,
            draw(
                st.sampled_from(
                    (
                        "",
                        "/live/",
                        "/shop",
                        "/live",
                        "/a",
                        "/shop/v1",
                        "/shop/v1/live",
                        "/shop/v",
                        "/a/b",
                        "/shop/v12",
                        "/test",
                    )
                )
            ),
        )
    )
    headers = draw(mostly((), *HEADERS))
    routes = _asked(template, api)
    asked = draw(st.sampled_from((draw(st.sampled_from(routes)), *draw(mostly((), ASKED)))))
    chosen = draw(st.sampled_from(source))
    door = chosen.partition(":")[2].partition("+")[0] or draw(st.sampled_from(DOORS))
    return Asked(chosen, api, way, start + asked, headers, door)


def _start(template, api, by_domain):
    """The path before a route's own: the base path of the domain, and the stage."""
    mapping = {"Api": "Mapping", "Http": "HttpMapping"}.get(api, "")
    known = template["Resources"].get(mapping, {}).get("Properties", {})
    base = known.get("BasePath", known.get("ApiMappingKey", "")) if by_domain else ""
    stage = "" if by_domain and "Stage" in known else "live"
    if api == "Http" and "HttpStagedefault" in template["Resources"]:
        stage = ""
    return "".join(f"/{part}" for part in (base, stage) if part)


def _asked(template, api):
    """Paths of the routes of an API."""
    if api == "Chat":
        return ("", "", "/@connections/abc")
    routes = [one["Properties"] for one in template["Resources"].values()]
    if api == "Http":
        keys = (
            one["RouteKey"].partition(" ")[2] for one in routes if one.get("ApiId") == ref("Http") and "RouteKey" in one
        )
        return [path.replace("{id}", "7").replace("{proxy+}", "b/c") or "/b" for path in keys]
    names = [one["ResourceId"].get("Ref") for one in routes if "HttpMethod" in one]
    return [{"A": "/a", "B": "/a/b", "Id": "/a/7", "Proxy": "/b/c"}.get(name, "/") for name in names]


@st.composite
def examinations(draw, number):
    """The template of a cloud, and questions about it."""
    template = draw(clouds())
    return template, [draw(questions(template)) for _ in range(number)]
