"""`netful completion`: scripts that the shells read."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from netful.cli.app import run
from tests.helpers.processes import ENOUGH_SECONDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_verbs_and_options_are_completed(shell, capsys):
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("trace", "invoke", "fail-on"))


@pytest.mark.programs
@pytest.mark.parametrize(
    ("words", "completed"), [("fore", "forecast"), ("invoke --event kin", "kinesis"), ("trace check --mat", "--matrix")]
)
def test_bash_completes_verbs_and_choices(capsys, words, completed):
    run(["completion", "bash"])
    at = f"COMP_WORDS=(netful {words}) COMP_CWORD={len(words.split())}"
    program = f'{capsys.readouterr().out}\n{at}; _netful; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [completed]


@pytest.fixture
def shell(request, tmp_path):
    """A shell at a terminal, in a folder of its own: a function that types to it until a text comes."""
    terminal, end = pty.openpty()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "HOME": str(tmp_path), "TERM": "xterm"}
    running = subprocess.Popen(request.param, stdin=end, stdout=end, stderr=end, cwd=tmp_path, env=environment)

    def type_(text, until):
        os.write(terminal, text.encode())
        seen = b""
        while until not in seen:
            assert select.select([terminal], [], [], ENOUGH_SECONDS)[0], seen
            seen += os.read(terminal, 4096)

    try:
        yield type_
    finally:
        running.kill()
        running.wait()
        os.close(terminal)
        os.close(end)


@pytest.mark.programs
@pytest.mark.parametrize("shell", [["zsh", "-f", "-i"]], indirect=True, ids=["zsh"])
@pytest.mark.parametrize("way", ["netful completion zsh >_netful", 'eval "$(netful completion zsh)"'])
def test_zsh_completes_a_verb_by_a_file_of_its_path_and_by_eval(shell, way):
    first, last = (way, "true") if ">" in way else ("true", way)
    shell(f"{first}; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u; {last}; PS1=REA''DY\n", b"READY")
    shell("netful fore\t", b"forecast")


@pytest.mark.programs
@pytest.mark.parametrize("shell", [["zsh", "-f", "-i"]], indirect=True, ids=["zsh"])
def test_zsh_completes_files_of_a_command_that_runs_elsewhere(shell, tmp_path):
    (tmp_path / "infrastructure").touch()
    shell("""autoload -Uz compinit; compinit -u; eval "$(netful completion zsh)"; PS1=REA''DY\n""", b"READY")
    shell("netful exec internet -- cat inf\t", b"rastructure")


@pytest.mark.programs
def test_fish_completes_options_after_a_function_with_the_name_of_a_verb(capsys):
    run(["completion", "fish"])
    program = f"{capsys.readouterr().out}\ncomplete -C 'netful trace check --mat'"
    done = subprocess.run(["fish", "--no-config", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("--matrix")


@pytest.mark.programs
@pytest.mark.parametrize("shell", [["bash", "--norc", "--noprofile", "-i"]], indirect=True, ids=["bash"])
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("trace -t inf", b"infra/"),
        ("trace -t infra/my", rb"infra/my\ plan.json"),
        ("diff infra/my", rb"infra/my\ plan.json"),
        ("exec internet -- cat inf", b"infra/"),
    ],
)
def test_bash_completes_files_as_for_other_commands(shell, tmp_path, words, completed):
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/my plan.json").touch()
    shell("""eval "$(netful completion bash)"; PS1=REA''DY\n""", b"READY")
    shell(f"netful {words}\t", completed)
