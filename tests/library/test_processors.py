"""Computation by all processors of the machine."""

import os
import threading

import pytest

from netful.library.processors import mapped

ITEMS = range(500)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Two processors, and no thread of another test."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.mark.programs
def test_results_of_forks_come_in_the_order_of_the_items():
    found = list(mapped(lambda item: (item, os.getpid()), ITEMS))
    assert [item for item, _ in found] == list(ITEMS)
    assert len({pid for _, pid in found[1:]}) == 2
    assert os.getpid() not in {pid for _, pid in found[1:]}


@pytest.mark.programs
def test_this_process_computes_what_a_fork_that_ended_did_not():
    here = os.getpid()

    def result(item):
        if item > 300 and os.getpid() != here:
            os._exit(1)
        return item

    assert list(mapped(result, ITEMS)) == list(ITEMS)


@pytest.mark.programs
def test_an_error_in_a_fork_is_raised_here():
    def result(item):
        return 1 // (item - 400)

    with pytest.raises(ZeroDivisionError):
        list(mapped(result, ITEMS))


def test_a_process_with_threads_does_not_fork(monkeypatch):
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert {*mapped(lambda _item: os.getpid(), ITEMS)} == {os.getpid()}


def test_a_few_items_are_computed_here():
    assert {*mapped(lambda _item: os.getpid(), range(20))} == {os.getpid()}
