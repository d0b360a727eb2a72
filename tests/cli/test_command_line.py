"""The words that are read without Cyclopts lead to the arguments that Cyclopts reads."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.cli.app import make_app
from netful.cli.options.command_line import arguments_of
from tests.helpers.examples import examples

VERBS = {
    "trace": "netful.cli.trace:trace",
    "check": "netful.cli.check:check",
    "show": "netful.cli.show:show",
    "resilience": "netful.cli.resilience:resilience",
    "diff": "netful.cli.diff:diff",
    "status": "netful.cli.status:status",
    "down": "netful.cli.down:down",
    "ps": "netful.cli.ps:ps",
    "up": "netful.cli.up:up",
    "capture": "netful.cli.capture:capture",
}
WORDS = [
    "Fn", "aws:ssm", "internet:tcp/443", "-t", "--template", "--template=a.yaml", "a.yaml", "--param", "A=b", "--param=A=b=c", "--region",
    "eu-west-1", "--quiet", "--quiet=true", "--no-quiet", "-v", "--verbose", "--format", "json", "--format=text", "svg", "--fail-on", "low",
    "--select", "NF1,NF2", "--ignore=NF3", "--matrix", "--batch", "--without", "--stack", "--api-key", "", "-", "--", "--help", "-1", "--live",
    "--nope", "--fail_on", "--fail-on=none", "-tx", "-vv", "--region=", "--detach", "-d", "--workers", "2", "--all",
]  # fmt: skip


def by_cyclopts(name, verb, words):
    """The arguments that Cyclopts reads, or None for those that it refuses."""
    try:
        _, bound, _ = make_app([name]).parse_args([name, *words], print_error=False, exit_on_error=False)
    except Exception:  # noqa: BLE001  # each is a refusal
        return None
    bound.apply_defaults()
    assert inspect.signature(verb).parameters.keys() == bound.arguments.keys()
    return bound.arguments


def read(verb, words):
    found = arguments_of(verb, words)
    if found is None:
        return None
    bound = inspect.signature(verb).bind(*found[0], **found[1])
    bound.apply_defaults()
    return bound.arguments


def verb_of(name):
    module, _, function = VERBS[name].partition(":")
    return getattr(import_module(module), function)


@examples(300)
@given(st.sampled_from(sorted(VERBS)), st.lists(st.sampled_from(WORDS), max_size=7))
def test_what_is_read_is_what_cyclopts_reads(name, words):
    verb = verb_of(name)
    found = read(verb, words)
    if found is not None:
        assert found == by_cyclopts(name, verb, words)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("trace", "Fn aws:ssm"),
        ("trace", "-t a.yaml --template=b.yaml --param A=b --format json Fn internet --verbose"),
        ("trace", "--matrix --without az:us-east-1a --without Nat"),
        ("check", "-t a.yaml --fail-on low --select NF1 --select NF2 --quiet"),
        ("show", "Fn --region eu-west-1"),
        ("diff", "old.yaml new.yaml"),
        ("up", "-d -t a.yaml"),
        ("down", "--stack one"),
    ],
)
def test_common_forms_are_read_without_cyclopts(name, line):
    assert read(verb_of(name), line.split()) == by_cyclopts(name, verb_of(name), line.split())


@pytest.mark.parametrize(
    "line", ["Fn tcp port 443 -w one.pcapng", "Fn -w one.pcapng tcp port 443", "Fn tcp --stack one port 443 -w -"]
)
def test_options_may_be_between_the_words_of_a_filter(line):
    assert by_cyclopts("capture", verb_of("capture"), line.split())["filter_"] == ("tcp", "port", "443")


@pytest.mark.programs
def test_a_verb_runs_without_cyclopts():
    code = (
        "import sys; from netful.cli.app import run; "
        "run(['trace', '-t', 'none.yaml', 'Fn', 'aws:ssm']); print('cyclopts' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert "none.yaml" in done.stderr
