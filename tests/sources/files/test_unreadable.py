"""Files that have no end, or that nobody writes."""

import os
from pathlib import Path

import pytest

from netful.model.core import SourceError
from netful.sources import load
from netful.sources.files.project_folder import is_of_process
from netful.sources.files.unreadable import MAX_BYTES, beginning_of, bytes_of


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "template.yaml"
    os.mkfifo(path)
    return path


def test_a_named_pipe_is_refused_at_once(fifo):
    with pytest.raises(SourceError) as refused:
        bytes_of(fifo)
    assert refused.value.what == "the file is a named pipe"


def test_a_template_that_is_a_named_pipe_is_refused(fifo):
    with pytest.raises(SourceError):
        load([fifo])


def test_only_what_this_process_has_open_is_one_of_its_pipes():
    assert is_of_process(Path("/dev/stdin"))
    assert is_of_process(Path("/dev/fd/63"))
    assert not is_of_process(Path("/dev/shm/template.yaml"))


def test_a_pipe_of_the_shell_is_read():
    reading, writing = os.pipe()
    os.write(writing, b"Resources: {}\n")
    os.close(writing)
    assert bytes_of(Path(f"/dev/fd/{reading}")) == b"Resources: {}\n"
    os.close(reading)


def test_a_device_without_an_end_is_refused():
    assert len(beginning_of(Path("/dev/zero"), 10)) == 11
    with pytest.raises(SourceError) as refused:
        bytes_of(Path("/dev/zero"))
    assert f"{MAX_BYTES:,}" in refused.value.what
