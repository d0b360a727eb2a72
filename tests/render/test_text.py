import io
from dataclasses import replace

import pytest

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path, Symptom
from netful.model.core import Origin
from netful.render.terminal import colour_on
from netful.render.text import path_text

ALLOWED = Hop(1, HopKind.SG_OUT, "FnSg", "tcp/443 to 10.0.1.9", "allow", rule="lets out all to 0.0.0.0/0")
LONG = "no rule admits tcp/443 from 10.0.1.5; " + "admits tcp/443 from 10.0.9.0/24 " * 4
DENIED = Hop(
    2, HopKind.SG_IN, "DbSg", "tcp/443 to 10.0.1.9", "deny", Code.ENI_SG_RULES_MISMATCH, LONG, Origin("t.yaml", 7)
)
PATH = Path("Fn", "Db", "blocked", Symptom("timeout"), (ALLOWED, DENIED), hint="let `DbSg` admit it")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_rule_is_wrapped_and_nothing_is_lost(width):
    words = path_text(PATH, width=width).split()
    for word in (*LONG.split(), "ENI_SG_RULES_MISMATCH", "t.yaml:7", "hint:"):
        assert word in words


def test_lines_keep_to_the_width_where_there_is_room():
    assert max(map(len, path_text(PATH, width=100).splitlines())) <= 100


def test_a_long_component_leaves_room_for_the_rule():
    name = "site-landingbucket2b5c7526-5yzc82omo0er.s3-website-ap-northeast-1.amazonaws.com"
    there = replace(ALLOWED, n=3, kind=HopKind.OUTSIDE, component=name, rule="sees 192.0.2.241")
    lines = path_text(replace(PATH, hops=(*PATH.hops, there)), width=120).splitlines()
    assert max(map(len, lines)) <= 120
    assert any("admits tcp/443 from 10.0.9.0/24" in line for line in lines)
    first = next(number for number, line in enumerate(lines) if line.startswith("  3 "))
    assert "".join(line.split("sees")[0][14:].strip() for line in lines[first:-1]) == name


def test_the_answer_is_readable_without_colour():
    first = path_text(PATH).splitlines()[0]
    assert first == "✗ Fn → Db     timeout at hop 2 of 2"
    assert "\x1b" not in path_text(PATH)
    assert "\x1b[31m" in path_text(PATH, colour=True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("no_color", "stream", "colour"), [("", Terminal(), True), ("1", Terminal(), False), ("", io.StringIO(), False)]
)
def test_colour_only_on_a_terminal_that_wants_it(no_color, stream, colour, monkeypatch):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    assert colour_on(stream) is colour
