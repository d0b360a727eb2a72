"""Words that a verb does not understand: the error names the word, and the hint what to write."""

import pytest

from netful.cli.app import run

CASES = {
    "chek": ("there is no verb `chek`", "did you mean `check`?"),
    "--foo": ("there is no verb `--foo`", "`netful --help` lists the verbs"),
    "-t a.yaml check": ("there is no verb `-t`", "the verb comes first: `netful check -t …`"),
    "check --fal-on low": ("`netful check` has no option `--fal-on`", "did you mean `--fail-on`?"),
    "check -x": ("`netful check` has no option `-x`", "`netful check --help` lists its options"),
    "check app.yaml": ("`app.yaml` is one argument too many for `netful check`", "name a template with an option: `netful check -t app.yaml`"),
    "trace app.yaml A B": ("`B` is one argument too many for `netful trace`", "name a template with an option: `netful trace -t app.yaml`"),
    "trace -t app.yaml A B C": ("`C` is one argument too many for `netful trace`", "`netful trace --help` lists its options"),
    "load OrdersFn=20/80": ("`load` needs a plan or loads", "netful load plan.toml, or netful load --load OrdersFn=20/80 --seconds 10"),
    f"load OrdersFn={'2' * 300}": ("`load` needs a plan or loads", "netful load plan.toml, or netful load --load OrdersFn=20/80 --seconds 10"),
    f"invoke F {'x' * 300}": (f"`{'x' * 300}` is one argument too many for `netful invoke`", "`netful invoke --help` lists its options"),
    f"check {'x' * 300}": (f"`{'x' * 300}` is one argument too many for `netful check`", "`netful check --help` lists its options"),
    "down shop": ("`shop` is one argument too many for `netful down`", "name a stack with an option: `netful down --stack shop`"),
    "trace A Api GET /x": ("`GET` and `/x` are too many arguments for `netful trace`", "a request is one argument: `'Api GET /x'`"),
    "trace A B C": ("`C` is one argument too many for `netful trace`", "`netful trace --help` lists its options"),
    "invoke": ("`netful invoke` needs FUNCTION", "`netful invoke --help` lists its options"),
    "completion": ("`netful completion` needs SHELL", "one of `bash`, `zsh`, `fish`"),
    "completion tcsh": ("`SHELL` cannot be `tcsh`", "one of `bash`, `zsh`, `fish`"),
    "explain eni_sg_rules_mismatch": (
        "`eni_sg_rules_mismatch` is an explanation code of a path, not a check",
        "it means: no rule of any of the interface's groups covers the packet",
    ),
    "explain NF999": ("there is no check `NF999`", "`netful explain` lists them all"),
    "check --format jason": ("`--format` cannot be `jason`", "did you mean `json`?"),
    "check -t": ("`-t` needs a value", "`netful check --help` lists its options"),
    "check -t -": ("`-t` cannot be `-`", "standard input is `/dev/stdin`"),
    "trace --batch -": ("`--batch` cannot be `-`", "standard input is `/dev/stdin`"),
    "invoke F --payload -": ("`--payload` needs a value", "`netful invoke --help` lists its options"),
    "check --fail-on": ("`--fail-on` needs a value", "one of `info`, `low`, `medium`, `high`, `critical`"),
    "check --region a --region b": ("`--region` can be given once", "`netful check --help` lists its options"),
    "check --quiet=maybe": ("`--quiet` cannot be `maybe`", "it is `true` or `false`"),
    "up --port x": ("`--port` cannot be `x`", "it is a whole number"),
    "up --port 99999": ("`--port` cannot be `99999`", "it is at most 65535"),
    "load --seconds 0": ("`--seconds` cannot be `0`", "it is more than 0"),
    "trace --matrix A B": ("`--matrix` asks all pairs: FROM and TO are too many", "leave out FROM and TO, or the option"),
    "trace --batch q A B": ("the questions are in `q`: FROM and TO are too many", "leave out FROM and TO, or the option"),
    "probe --matrix A B": ("`--matrix` asks all pairs: FROM and TO are too many", "leave out FROM and TO, or the option"),
}  # fmt: skip


@pytest.mark.parametrize("line", CASES)
def test_an_error_names_the_word_and_what_to_write(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text("Resources: {}\n")
    what, hint = CASES[line]
    assert run(line.split()) == 2
    assert capsys.readouterr() == ("", f"error: {what}\nhint: {hint}\n")
