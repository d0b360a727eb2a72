"""Functions that abuse the Runtime API: endless heads, requests without end, thousands of connections."""

import pytest

pytestmark = pytest.mark.packets


@pytest.mark.parametrize("name", ["url", "header", "headers", "pipelined", "pipelined-read", "connections", "chunks"])
def test_abuse_of_the_runtime_api(attack, name):
    done, _ = attack(name)
    assert done.function_error is None
