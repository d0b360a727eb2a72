"""Functions that use more than they may: processes, and memory that is in no process's size."""

import pytest

pytestmark = pytest.mark.packets


def test_a_fork_bomb_has_neighbours_that_are_served(attack):
    done, _ = attack("fork-bomb")
    assert done.request_id


def test_memory_in_a_file_without_a_name_counts(attack):
    done, _ = attack("memfd", event={"seconds": 20, "mb": 2000})
    assert done.function_error == "Unhandled"
    assert b"Runtime.ExitError" in done.payload


def test_memory_in_socket_buffers_counts(attack):
    done, _ = attack("socket-buffers", event={"seconds": 20})
    assert done.function_error == "Unhandled"
    assert b"Runtime.ExitError" in done.payload
