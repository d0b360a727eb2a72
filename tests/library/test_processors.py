"""Computation by all processors of the machine. Forks are made by processes without other threads, as outside of pytest."""

import json
import os
import subprocess
import sys
import threading

import pytest

from netful.library.processors import mapped

_PROGRAM = """
import json, os
from netful.library.processors import mapped
os.sched_getaffinity = lambda _pid: {0, 1}
here = os.getpid()
def result(item):
"""


def computed(result):
    """The results of 500 items in a process with two processors; `result` is the body of their function."""
    program = f"{_PROGRAM}    {result}\nprint(json.dumps([here, list(mapped(result, range(500)))]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


@pytest.mark.programs
def test_results_of_forks_come_in_the_order_of_the_items():
    here, found = computed("return item, os.getpid()")
    assert [item for item, _ in found] == list(range(500))
    forks = {pid for _, pid in found[1:]}
    assert len(forks) == 2
    assert here not in forks


@pytest.mark.programs
def test_this_process_computes_what_a_fork_that_ended_did_not():
    _, found = computed("return os._exit(1) if item > 300 and os.getpid() != here else item")
    assert found == list(range(500))


@pytest.mark.programs
def test_an_error_in_a_fork_is_raised_here_alone():
    errors = computed("return 1 // (item - 400)")
    assert errors.count("ZeroDivisionError") == 1


@pytest.mark.parametrize(("threads", "items"), [(2, 500), (1, 20)])
def test_a_process_with_threads_or_with_few_items_does_not_fork(monkeypatch, threads, items):
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert {*mapped(lambda _item: os.getpid(), range(items))} == {os.getpid()}
