"""`--help`: the list of verbs imports none of them, and a verb's own help is its docstring."""

import subprocess
import sys

import pytest

from netful.cli.app import run


@pytest.mark.programs
def test_the_list_of_verbs_imports_no_verb():
    code = (
        "import sys; from netful.cli.app import run; run(['--help']); print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Trace whether FROM can reach TO" in done.stdout
    loaded = {
        name for name in done.stderr.split() if name.startswith("netful.") and not name.startswith("netful.model.core.")
    }
    assert loaded == {
        "netful.cli", "netful.cli.app", "netful.cli.options", "netful.cli.options.help_texts", "netful.cli.options.parameter",
        "netful.cli.options.progress", "netful.cli.options.streams", "netful.model", "netful.model.core", "netful.render",
        "netful.render.language", "netful.render.terminal",
    }  # fmt: skip


@pytest.mark.parametrize(("verb", "detail"), [("check", "ignore[NF302] reason"), ("test", "there are no findings of")])
def test_the_help_of_a_verb_is_its_docstring(verb, detail, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert run([verb, "--help"]) == 0
    printed = capsys.readouterr().out
    assert detail in printed
    assert "default: ()" not in printed
    assert "default: False" not in printed


def test_show_lists_every_resource_when_it_is_asked_to(tmp_path, capsys):
    file = tmp_path / "template.yaml"
    file.write_text("Resources:\n  Topic: {Type: AWS::SNS::Topic}\n", encoding="utf-8")
    run(["show", "-t", str(file)])
    assert "Topic" not in capsys.readouterr().out
    run(["show", "-v", "-t", str(file)])
    *row, name = capsys.readouterr().out.split()
    assert row == ["resources", "Topic", "AWS::SNS::Topic", f"{file}:2"]
    run(["show", name, "-t", str(file)])
    assert capsys.readouterr().out.split() == [*row, name]
