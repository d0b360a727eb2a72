"""The journal: what was appended is there; what was cut off is not; what is damaged is told."""

import resource

import pytest

from netful.model.core import StackError
from netful.services.backends.journal import Journal

RECORDS = [b"first", b"", b"\0" * 20, b"the last one"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "calls"
    journal = Journal(path)
    for record in RECORDS:
        journal.append(record)
    return path


def records(path):
    return [*Journal(path).records()]


def test_records_come_back_in_order(path):
    assert records(path) == RECORDS


def test_the_last_record_can_be_taken_back(path):
    journal = Journal(path)
    journal.append(b"refused")
    journal.undo()
    journal.append(b"next")
    assert records(path) == [*RECORDS, b"next"]


@pytest.mark.parametrize("zeros", [0, 100])
def test_wherever_it_was_cut_off_the_records_before_are_there(path, zeros):
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length] + bytes(zeros))
        found = records(path)
        assert found == RECORDS[: len(found)]
        assert len(found) >= len(RECORDS) - 1 or length < len(whole) - len(RECORDS[-1]) - 12
        Journal(path).append(b"more")
        assert records(path) == [*found, b"more"]


def test_a_change_before_the_last_record_is_damage(path):
    whole = path.read_bytes()
    for place in range(len(whole) - len(RECORDS[-1]) - 12):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(StackError, match=r"is damaged|is not a state file of netful"):
            Journal(path)


def test_what_cannot_be_written_whole_leaves_no_trace(path):
    journal, before = Journal(path), path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            journal.append(b"x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    journal.append(b"fits now")
    assert records(path) == [*RECORDS, b"fits now"]
