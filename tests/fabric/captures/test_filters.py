"""Filters of captures: compiled by libpcap, and the few words that need none."""

import shutil

import pytest

from netful.fabric.captures import filters
from netful.fabric.captures.filters import Filter, FilterError, admits, compiled
from netful.fabric.captures.headers import Headers

WEB = Headers("tcp", "10.0.0.1", "10.0.0.2", 40000, 443, "S", 60)


@pytest.fixture
def _bare(monkeypatch):
    """A machine without libpcap and tcpdump."""
    monkeypatch.setattr(filters, "libpcap", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda _name, **_more: None)


@pytest.mark.parametrize("text", ["", "  "])
def test_no_filter_is_every_packet(text):
    assert compiled(text) == Filter()


@pytest.mark.programs
def test_libpcap_compiles_the_whole_language():
    assert compiled("tcp port 443 or (udp and not host 10.0.0.1)").program
    with pytest.raises(FilterError, match="`tcp prt 4` is not a filter"):
        compiled("tcp prt 4")


@pytest.mark.usefixtures("_bare")
@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("tcp", True),
        ("udp", False),
        ("port 443", True),
        ("port 80", False),
        ("tcp and port 40000 and host 10.0.0.2", True),
        ("tcp && host 10.0.0.3", False),
    ],
)
def test_words_that_need_no_library(text, met):
    chosen = compiled(text)
    assert chosen.program == []
    assert admits(chosen.words, WEB) is met


@pytest.mark.usefixtures("_bare")
@pytest.mark.parametrize("text", ["tcp or udp", "portrange 1-2", "port x", "port 1 and"])
def test_other_words_name_what_is_missing(text):
    with pytest.raises(FilterError) as refused:
        compiled(text)
    assert "libpcap" in refused.value.hint
