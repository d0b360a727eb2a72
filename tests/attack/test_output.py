"""Functions that write without end: the log stays bounded, and the invocation ends with Lambda's own lines."""

import pytest

pytestmark = pytest.mark.packets


@pytest.mark.parametrize("name", ["lines", "empty-lines", "one-line"])
def test_a_flood_of_output(attack, name):
    done, log = attack(name)
    assert (done.function_error, done.payload) == (None, b"null")
    assert len(log) <= (1 << 20) + (1 << 18)
    assert f"REPORT RequestId: {done.request_id}" in log
