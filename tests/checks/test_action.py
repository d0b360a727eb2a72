"""The steps of the GitHub action, run as GitHub runs them in the checkout of a pull request."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netful.checks.registry import all_rules
from tests.helpers.github import PullRequest, Runner, served
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.terraform_plans import Plan, refers

pytestmark = pytest.mark.programs
OPEN, CLOSED = ((EXAMPLES / "ssm-demo" / name).read_text() for name in ("endpoint.yaml", "closed-endpoint.yaml"))
BOT = "github-actions[bot]"


def git(folder, *words):
    own = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *own, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


class Event:
    """A pull request: a repository with its base, a shallow checkout with its change, and the runner there."""

    def __init__(self, folder, base, change):
        self.folder, upstream = folder, folder / "upstream"
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.program("python", 'echo python >> "$HOME/calls"')  # the job's own
        cache = folder / "home" / ".cache"
        cache.mkdir(parents=True)
        (cache / "netful-action").symlink_to(Path(sys.prefix))
        upstream.mkdir()
        git(upstream, "init", "-q")
        self._commit(upstream, base)
        self.base = git(upstream, "rev-parse", "HEAD")
        git(upstream, "checkout", "-q", "-b", "change")
        self._commit(upstream, change)
        git(folder, "clone", "-q", "--depth", "1", "--branch", "change", f"file://{upstream}", "checkout")
        self.pull_request = PullRequest()

    def _commit(self, upstream, files):
        for name, text in files.items():
            (upstream / name).parent.mkdir(exist_ok=True, parents=True)
            (upstream / name).write_text(text)
        git(upstream, "add", "-A")
        git(upstream, "commit", "-q", "--allow-empty", "-m", "change")

    def program(self, name, script):
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def run(self, token=BOT, name="pull_request", **inputs):
        event = {"pull_request": {"base": {"sha": self.base}, "number": 7}} if name == "pull_request" else {}
        github = {"event_name": name, "event": event, "token": token}
        with served(self.pull_request) as url:
            env = {
                "HOME": str(self.folder / "home"), "GITHUB_REPOSITORY": "acme/orders", "GITHUB_GRAPHQL_URL": url,
                "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            }  # fmt: skip
            self.runner = Runner(ROOT, self.folder / "checkout", self.folder / "temporary", github, env)
            return self.runner.run(skip=("Install",), **inputs)

    def sarif(self):
        return json.loads((self.folder / "checkout/netful.sarif").read_text())["runs"][0]["results"]


def with_template(folder, base=OPEN, change=CLOSED):
    return Event(folder, {"template.yaml": base}, {"template.yaml": change})


def test_a_change_that_breaks_fails_the_job_after_its_comment(tmp_path):
    event = with_template(tmp_path)
    assert event.run() == ("Result", 1)
    (comment,) = event.pull_request.comments
    assert comment["author"] == BOT
    assert "NF204" in comment["body"]
    assert comment["body"].partition("\n")[2] == event.runner.summary
    assert str(tmp_path) not in comment["body"]
    assert "NF204" in {one["ruleId"] for one in event.sarif()}


def test_a_second_run_changes_its_own_comment_and_nobody_elses(tmp_path):
    event = with_template(tmp_path)
    forged = "<!-- netful diff . -->\nall is well"
    event.pull_request.comments = [{"author": "mallory", "body": forged}, {"author": "ann", "body": "thanks"}]
    for _ in range(2):
        event.run()
    assert [one["author"] for one in event.pull_request.comments] == ["mallory", "ann", BOT]
    assert event.pull_request.comments[0]["body"] == forged


def test_two_folders_have_a_comment_each(tmp_path):
    event = Event(
        tmp_path, {f"{one}/template.yaml": OPEN for one in "ab"}, {f"{one}/template.yaml": CLOSED for one in "ab"}
    )
    for _ in range(2):
        event.run(directory="a", **{"fail-on": "critical"})
        event.run(directory="b", **{"fail-on": "critical"})
    assert len(event.pull_request.comments) == 2
    assert {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in event.sarif()} == {
        "b/template.yaml"
    }


def test_a_pull_request_of_a_fork_has_its_answer_in_the_summary(tmp_path, capfd):
    event = with_template(tmp_path, CLOSED, OPEN)
    assert event.run(token="reader") == ("Result", 0)
    assert event.pull_request.comments == []
    assert "NF204" in event.runner.summary
    assert "::notice::no comment" in capfd.readouterr().out


def test_an_outage_of_github_fails_no_job(tmp_path, capfd):
    event = with_template(tmp_path, CLOSED, OPEN)
    assert event.run(token="outage") == ("Result", 0)
    assert "NF204" in event.runner.summary
    assert "::warning::no comment" in capfd.readouterr().out


def test_a_push_has_no_comment(tmp_path):
    event = with_template(tmp_path)
    assert event.run(name="push") == ("Result", 1)
    assert (event.pull_request.comments, event.runner.summary) == ([], "")


def test_a_template_that_the_base_lacks_is_not_compared(tmp_path):
    event = Event(tmp_path, {"README.md": ""}, {"template.yaml": OPEN})
    assert event.run() == ("Result", 0)
    assert event.pull_request.comments == []


def test_a_long_answer_fits_into_a_comment(tmp_path):
    event = with_template(tmp_path)
    installed = tmp_path / "home/.cache/netful-action"
    installed.unlink()
    (installed / "bin").mkdir(parents=True)
    (installed / "bin/python").symlink_to(sys.executable)
    event.program("long-answer", "[ $1 != diff ] || { echo '<!-- netful diff -->'; seq 20000; }")
    (installed / "bin/netful").symlink_to(event.programs / "long-answer")
    assert event.run() == ("Result", 0)
    (comment,) = event.pull_request.comments
    assert event.runner.summary.endswith("\n20000\n")
    assert "summary" in comment["body"].splitlines()[-1]


def test_an_application_of_cdk_is_synthesized_on_both_sides(tmp_path):
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "app.yaml"}}
    app = {"cdk.json": "{}", "manifest": json.dumps({"version": "48.0.0", "artifacts": {"Orders": artifact}})}
    event = Event(tmp_path, app | {"app.yaml": OPEN}, app | {"app.yaml": CLOSED})
    event.program(
        "npx", '[ "$1 $2" = "cdk synth" ] && mkdir cdk.out && cp app.yaml cdk.out && cp manifest cdk.out/manifest.json'
    )
    assert event.run() == ("Result", 1)
    assert "NF204" in event.pull_request.comments[0]["body"]


def test_the_jobs_own_python_makes_the_template_and_runs_nothing_else(tmp_path):
    event = with_template(tmp_path)
    assert event.run(build="python app.py") == ("Result", 1)
    assert (tmp_path / "home/calls").read_text() == "python\n" * 2  # of the change, and of its base


def test_a_terraform_configuration_is_planned_on_both_sides(tmp_path):
    def plan(cidr):
        one = Plan()
        one.add("aws_vpc.main", cidr_block="10.0.0.0/16")
        one.add("aws_subnet.a", {"vpc_id": refers("aws_vpc.main.id")}, cidr_block=cidr)
        return one.write(tmp_path).read_text()

    event = Event(
        tmp_path, {"main.tf": "", "planned": plan("10.0.1.0/24")}, {"main.tf": "", "planned": plan("10.0.2.0/24")}
    )
    event.program("terraform", 'case $1 in show) cat planned ;; esac; echo "$@" >> "$HOME/calls"')
    assert event.run() == ("Result", 0)
    calls = [line.split()[0] for line in (tmp_path / "home/calls").read_text().splitlines()]
    assert calls == ["init", "plan", "show"] * 2
    assert len(event.pull_request.comments) == 1


@pytest.mark.parametrize(("inputs", "code"), [({}, 0), ({"region": "us-east-1"}, 1)], ids=["default", "named"])
def test_the_region_is_the_one_of_the_template_unless_named(tmp_path, inputs, code):
    there = OPEN.replace('!Select [0, !GetAZs ""]', "eu-west-1a").replace(
        "!Sub com.amazonaws.${AWS::Region}.ssm", "com.amazonaws.eu-west-1.ssm"
    )
    assert with_template(tmp_path, there, there).run(**inputs) == ("Result", code)


def test_commands_that_make_the_template_do_not_see_the_token(tmp_path):
    event = with_template(tmp_path)
    event.run(build='env > "$HOME/seen"', token="secret-of-the-job")
    assert "secret-of-the-job" not in (tmp_path / "home/seen").read_text()


def test_a_build_that_fails_is_an_error(tmp_path, capfd):
    assert with_template(tmp_path).run(build="exit 4") == ("Check", 4)
    assert "::error::failed: exit 4" in capfd.readouterr().out


def test_the_options_of_checks(tmp_path):
    bad = all_rules()["NF103"].example("bad")
    event = with_template(tmp_path, bad, bad)
    assert event.run(select="NF103", parameters="A=1\nB=2\n") == ("Result", 1)
    message = event.sarif()[0]["message"]["text"].splitlines()[0]
    known = event.folder / "checkout" / "known.json"
    known.write_text(json.dumps({"findings": [{"id": "NF103", "resource": "Fn", "message": message}]}))
    assert event.run(select="NF103", baseline="known.json") == ("Result", 0)
    assert event.run(ignore="NF103", select="NF103") == ("Result", 0)


def test_another_version_of_netful_is_another_entry_of_the_cache(tmp_path):
    def key():
        output = tmp_path / "output"
        output.write_text("")
        own = os.environ | {"GITHUB_OUTPUT": str(output)}
        subprocess.run([sys.executable, "-I", tmp_path / "scripts/action", "key"], env=own, check=True)
        return output.read_text()

    for name in ("scripts/action", "requirements.lock", "pyproject.toml", "src/netful/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    first = key()
    assert re.fullmatch("key=[0-9a-f]{16}\n", first)
    assert key() == first
    (tmp_path / "src/netful/__init__.py").write_text("")
    assert key() != first


def test_the_action_uses_the_inputs_that_it_declares():
    text = (ROOT / "action.yml").read_text()
    declared = set(re.findall(r"^  ([a-z-]+):$", text.partition("inputs:")[2].partition("\noutputs:")[0], re.MULTILINE))
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == declared
