"""Entries of a stage's cache: how much there is at most, and which make room."""

import asyncio

import pytest

from netful.gateway.answers.cache_entries import Entries
from netful.model.apis.stage import Stage
from netful.services.http.message import Response

HUNDRED_KB = Stage("S", "Api", "live", cache_cluster_size=str(100_000 / 1024**3))


def key(name):
    return ("S", "", "GET", (name,))


def fill(entries, count, make, seconds=300.0, now=0.0):
    async def main():
        for number in range(count):
            one, response = make(number)
            await entries.put(HUNDRED_KB, one, seconds, now, response)

    asyncio.run(main())
    return entries.contents("S")


@pytest.mark.parametrize(
    "make",
    [
        lambda number: (key(str(number)), Response(200)),
        lambda number: (key(str(number) + "k" * 5000), Response(200)),
        lambda number: (key(str(number)), Response(200, (("x-long", "v" * 5000),))),
        lambda number: (key(str(number)), Response(200, body=b"b" * 5000)),
    ],
    ids=["empty", "keys", "headers", "bodies"],
)
def test_a_store_has_its_size_whatever_its_entries_are_made_of(make):
    entries = Entries()
    contents = fill(entries, 1000, make)
    assert contents.bytes <= 100_000
    assert 10 < contents.entries < 200
    assert entries.at_once(make(999)[0], 1.0) is not None
    assert entries.at_once(make(0)[0], 1.0) is None


def test_what_has_ended_goes_though_nobody_asks_for_it():
    entries = Entries()
    fill(entries, 10, lambda number: (key(f"short {number}"), Response(200)), seconds=5.0)
    fill(entries, 10, lambda number: (key(f"long {number}"), Response(200)), seconds=60.0)
    assert fill(entries, 1, lambda _: (key("later"), Response(200)), now=10.0).entries == 11
    assert entries.at_once(key("long 0"), 11.0) is not None


def test_an_entry_that_is_replaced_counts_once():
    entries = Entries()
    once = fill(entries, 1, lambda _: (key("a"), Response(200)))
    assert fill(entries, 100, lambda _: (key("a"), Response(200)), seconds=7.0) == once


def test_a_response_larger_than_the_store_is_not_kept():
    entries = Entries()
    assert fill(entries, 1, lambda _: (key("a"), Response(200, body=b"b" * 200_000))).entries == 0
