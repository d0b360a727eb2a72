import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path, Symptom
from netful.render.stations import stations
from netful.render.svg import path_svg

KINDS = [
    "name",
    "sg out",
    "nacl out",
    "route",
    "peering",
    "sg in",
    "listener",
    "rule",
    "target group",
    "sg in",
    "endpoint",
]
OWNERS = ["dns", "FnSg", "Acl", "Routes", "Peering", "LbSg", "Lb", "Rule", "Tg", "EndpointSg", "Endpoint"]
API = [("host", "Api"), ("policy", "Api"), ("route", "Api"), ("throttle", "us-east-1"), ("integration", "Backend")]
HOPS = tuple(
    Hop(n, HopKind(kind), owner, "asked", "allow", rule=f"rule <{n}> & more")
    for n, (kind, owner) in enumerate([*zip(KINDS, OWNERS, strict=True), *API], start=1)
)
PATH = Path("Fn", "https://api.example.com/a?b&c", "reachable", Symptom(), HOPS)
SVG = "{http://www.w3.org/2000/svg}"
LONG = "no rule admits tcp/443 from 10.0.1.5; " + "admits tcp/443 from 10.0.9.0/24; " * 4


def denied(n):
    hops = (*HOPS[: n - 1], replace(HOPS[n - 1], verdict="deny", code=Code.ENI_SG_RULES_MISMATCH, rule=LONG), *HOPS[n:])
    return replace(PATH, verdict="blocked", symptom=Symptom("timeout"), hops=hops, hint="let `LbSg` <admit> it")


def drawn(path):
    return ET.fromstring(path_svg(path))  # our own


def words(root):
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text")).split()


def test_stations_and_what_stands_between_them():
    found = [(one.name, [h.component for h in one.gates], [h.kind for h in one.doings]) for one in stations(PATH)]
    assert found == [
        ("Fn", [], []),
        ("Peering", ["dns", "FnSg", "Acl", "Routes"], ["peering"]),
        ("Lb", ["LbSg"], ["listener", "rule", "target group"]),
        ("Endpoint", ["EndpointSg"], ["endpoint"]),
        ("Api", [], ["host", "policy", "route", "throttle", "integration"]),
    ]


def test_a_path_that_ends_at_an_interface_ends_with_its_destination():
    assert [one.name for one in stations(replace(PATH, destination="Db:tcp/5432", hops=HOPS[:3]))] == [
        "Fn",
        "Db:tcp/5432",
    ]


def test_a_certificate_is_shown_where_it_was_given():
    tls = Hop(99, HopKind.TLS, "Lb", "asked", "deny", Code.NETFUL_TLS_NAME_MISMATCH, "for others")
    found = stations(replace(PATH, hops=(*HOPS[:10], tls, *HOPS[10:])))
    assert [one.name for one in found if tls in one.doings] == ["Lb"]
    arrows = [path.get("class") for path in drawn(replace(PATH, hops=(*HOPS[:10], tls, *HOPS[10:]))).iter(f"{SVG}path")]
    assert [style for style in arrows if style in {"way", "beyond"}] == ["way", "way", "beyond", "beyond"]


def test_every_hop_is_in_the_picture():
    found = words(drawn(PATH))
    assert found[:3] == ["Fn", "→", "https://api.example.com/a?b&c"]
    for hop in HOPS:
        assert found[found.index(str(hop.n)) - 1] == "✓"
        assert f"<{hop.n}>" in found


@pytest.mark.parametrize("n", [6, 7, 12])
def test_a_refusal_is_told_in_full_and_the_way_behind_it_is_dashed(n):
    root = drawn(denied(n))
    found = words(root)
    for word in (*LONG.split(), "ENI_SG_RULES_MISMATCH", "<admit>", "timeout"):
        assert word in found
    arrows = [path.get("class") for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    whole = {6: 1, 7: 2, 12: 4}[n]
    assert arrows == ["way"] * whole + ["beyond"] * (4 - whole)


@pytest.mark.parametrize("path", [PATH, denied(6), replace(PATH, source="x" * 90, hops=HOPS[:1])])
def test_everything_is_on_the_page_and_no_box_on_another(path):
    root = drawn(path)
    _, _, width, height = map(float, root.get("viewBox").split())
    page, *boxes = [[float(box.get(a)) for a in ("x", "y", "width", "height")] for box in root.iter(f"{SVG}rect")]
    assert page[2] <= width
    for x, y, w, h in boxes:
        assert x >= 0
        assert x + w <= width
        assert y + h <= height
    for number, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[number + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    assert all(len(text.text) <= 170 for text in root.iter(f"{SVG}text"))
    assert all(float(text.get("y")) <= height for text in root.iter(f"{SVG}text"))


def test_it_says_what_it_shows():
    root = drawn(denied(6))
    assert root.find(f"{SVG}title").text == "Fn → https://api.example.com/a?b&c: timeout at hop 6 of 16"
    assert "6 sg in LbSg: deny" in root.find(f"{SVG}desc").text


def test_a_long_name_stays_in_its_box():
    root = drawn(replace(PATH, source="ProcessIncomingOrdersFromPartners", hops=HOPS[:1]))
    names = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "name" and not text.get("font-size")]
    assert "ProcessIncomingOrdersF…" in names  # 23 letters of 8 in a box of 212 with a margin of 10 on each side
