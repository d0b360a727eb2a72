"""Streams that cannot take what is printed: other encodings, a full disk, closed ones, and no width."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.helpers.places import EXAMPLES
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.programs

NETFUL = str(Path(sys.executable).with_name("netful"))
FOLDER = EXAMPLES / "ssm-demo"
TRACE = [NETFUL, "trace", "-t", "isolated.yaml", "ReadParameter", "aws:ssm"]


def run(command, **options):
    environment = os.environ | options.pop("env", {})
    return subprocess.run(command, cwd=FOLDER, check=False, timeout=ENOUGH_SECONDS, env=environment, **options)


def on_terminal(width, command):
    """The lines that a command writes on a terminal of a width."""
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (50, width))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(command, cwd=FOLDER, stdin=end, stdout=end, stderr=subprocess.DEVNULL, env=environment):
        os.close(end)
        said = b""
        with os.fdopen(terminal, "rb", 0) as screen, contextlib.suppress(OSError):  # the end of a terminal is an error
            while more := screen.read(65536):
                said += more
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).splitlines()


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("words", [("check", "-t", "closed-endpoint.yaml"), ("explain", "NF107"), ("trace", "--help")])
def test_lines_fit_the_terminal(width, words):
    lines = on_terminal(width, [NETFUL, *words])
    prose = [line for line in lines if not line.startswith(("✗", "!", "·", "    "))]
    assert max(map(len, prose)) <= width
    assert max(map(len, prose)) > width // 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_encoding_without_the_marks_has_something_near(encoding):
    done = run(TRACE, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, capture_output=True)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"x ReadParameter -> aws:ssm")


def test_an_argument_that_is_no_text_is_told_all_the_same():
    done = run([NETFUL, "show", "-t", b"\xff.yaml", "--quiet"], capture_output=True)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: \\udcff.yaml: cannot read the file")


def test_a_full_disk_is_told():
    with Path("/dev/full").open("w") as full:
        done = run(TRACE, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the whole output\n  no space left on device\nhint: free some space\n"


@pytest.mark.parametrize("words", [("show", "-t", "missing.yaml"), ("check", "-t", "isolated.yaml", "--param", "No=1")])
def test_an_error_that_cannot_be_told_is_no_answer(words):
    with Path("/dev/full").open("w") as full:
        assert run([NETFUL, *words], stdout=subprocess.DEVNULL, stderr=full).returncode == 2


@pytest.mark.parametrize("words", [("--help",), ("trace", "--help"), ("explain",), ("--version",)])
def test_a_reader_that_closes_the_pipe_is_no_failure(words):
    reading, writing = os.pipe()
    os.close(reading)
    done = run([NETFUL, *words], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("gone", [(1,), (2,), (1, 2)], ids=str)
def test_a_reader_that_closes_the_pipe_does_not_change_the_verdict(gone):
    reading, writing = os.pipe()
    os.close(reading)
    words = [NETFUL, "check", "-t", "isolated.yaml", "--fail-on", "critical"]
    pipes = {("stdout", "stderr")[number - 1]: writing for number in gone}
    verdicts = [run(command, **{"stdout": subprocess.DEVNULL} | pipes).returncode for command in (TRACE, words)]
    os.close(writing)
    assert verdicts == [1, 1]


def test_closed_streams_are_no_matter():
    done = run(["sh", "-c", '"$@" <&- >&-', "-", *TRACE], stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")
    assert run(["sh", "-c", '"$@" <&- >&- 2>&-', "-", *TRACE]).returncode == 1


@pytest.mark.parametrize("columns", ["0", "1", "7"])
def test_help_is_laid_out_in_any_width(columns):
    done = run([NETFUL, "up", "--help"], env={"COLUMNS": columns}, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"--template" in done.stdout


@pytest.mark.parametrize("command", ["{} < t.yaml", "cat t.yaml | {}"], ids=["a file", "a pipe"])
def test_a_template_may_be_standard_input(command, tmp_path):
    (tmp_path / "t.yaml").write_text("Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}")
    show = command.format(f"{NETFUL} show -t /dev/stdin")
    done = run(["bash", "-c", f"cd {tmp_path}; {show}"], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"V  10.0.0.0/16" in done.stdout


def test_an_interrupt_while_it_is_imported_shows_no_traceback():
    code = "import os, signal; import netful.cli.entry_point; os.kill(os.getpid(), signal.SIGINT)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


PREPARED = "import os, sys; from netful.cli import app; from netful.cli.options import streams; streams.prepare()\n"


def test_lines_of_both_streams_keep_their_order():
    script = PREPARED + "print(1); print(2, file=sys.stderr); print(3)"
    done = run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.stdout == "1\n2\n3\n"


def test_a_reader_of_stderr_that_is_gone_is_no_failure():
    script = PREPARED + (
        "reading, writing = os.pipe(); os.dup2(writing, 2); os.close(writing); os.close(reading)\n"
        "sys.exit(app.exit_code_of(lambda: print('x', file=sys.stderr)))"
    )
    assert run([sys.executable, "-c", script]).returncode == 0
