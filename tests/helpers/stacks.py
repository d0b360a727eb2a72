"""Running stacks, as a user runs them: by the command line, as root and as an ordinary user."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import boto3
import pytest

from tests.helpers.forked_commands import Commands
from tests.helpers.places import ROOT, TEMPLATES
from tests.helpers.processes import ENOUGH_SECONDS

NETFUL = Path(sys.executable).with_name("netful")
EXAMPLES = ROOT / "examples"

# An ordinary user, as far as the kernel is concerned: one mapped id, no capability over anything of the host.
WITHOUT_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# For what an ordinary user's stack does in the same way.
AS_ROOT = pytest.mark.parametrize("who", ["root"], indirect=True)


@cache
def commands(prefix):
    return Commands(prefix)


def started(prefix, words, *, env, cwd, text, seconds):
    """Run a command in a Python of its own."""
    return subprocess.run(
        [*prefix, NETFUL, *words],
        env=env,
        cwd=cwd,
        input=text,
        timeout=seconds,
        capture_output=True,
        text=True,
        check=False,
    )


class Stack:
    """One running stack and its command line."""

    def __init__(self, state, template, *, prefix=(), params=()):
        self.template = Path(template)
        self.params = [arg for param in params for arg in ("--param", param)]
        self.prefix = prefix
        self.command = str(NETFUL)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
            "NETFUL_STATE": str(state),
            "NO_COLOR": "1",
        }

    def netful(self, *args, check=None, text=None, cwd=None):
        """Run the command line; `check` is the exit code that is expected."""
        own_python = self.env.get("PYTHONPATH") != os.environ.get("PYTHONPATH")
        run = partial(started, self.prefix) if own_python else commands(self.prefix).run
        done = run([*args], env=self.env, cwd=cwd or self.template.parent, text=text, seconds=ENOUGH_SECONDS)
        if check is not None:
            assert done.returncode == check, (args, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *args, check=None):
        return json.loads(self.netful(*args, "--format", "json", check=check).stdout)

    def up(self, *more):
        return self.netful("up", "-d", "-t", self.template.name, "--stack", "s", *self.params, *more, check=0)

    def invoke(self, function="ReadParameter", payload="{}", *more):
        return self.json("invoke", function, "--payload", payload, "--stack", "s", *more)

    def trace(self, source, destination):
        return self.json("trace", "-t", self.template.name, *self.params, source, destination)

    def probe(self, source, destination):
        return self.json("probe", source, destination, "--stack", "s")

    def client(self, service, config=None):
        """A client of the stack's AWS endpoint."""
        url = self.json("status", "--stack", "s")["endpoint_url"]
        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
        return boto3.client(service, region_name="us-east-1", endpoint_url=url, config=config, **keys)

    @contextlib.contextmanager
    def changed_to(self, text):
        """The running stack with another template, and with its own again after that."""
        own = self.template.read_text()
        try:
            self.template.write_text(text)
            self.up()
            yield
        finally:
            self.template.write_text(own)
            self.up()

    def down(self):
        return self.netful("down", "--stack", "s", check=0)

    def while_up(self, *more):
        """A fixture's steps: up, the tests, down."""
        self.up(*more)
        yield self
        self.down()


def written(folder, text, project="", *, prefix=()):
    """The stack of a template's text, with a project file, in a folder."""
    (folder / "template.yaml").write_text(text)
    if project:
        (folder / "netful.toml").write_text(project)
    return Stack(folder / "state", folder / "template.yaml", prefix=prefix)


def copied(folder, template, *, prefix=()):
    """The stack of a template in tests/templates, in a folder of its own."""
    shop = folder / "shop"
    shop.mkdir()
    shutil.copy(TEMPLATES / template, shop / "template.yaml")
    return Stack(folder / "state", shop / "template.yaml", prefix=prefix)


def balancers_in(folder):
    """The stack of `load-balancers.yaml`, with its program, in a folder of its own."""
    for name, there in (
        ("load-balancers.yaml", "template.yaml"),
        ("load-balancers.toml", "netful.toml"),
        ("echo.py", "echo.py"),
    ):
        shutil.copy(TEMPLATES / name, folder / there)
    return Stack(folder / "state", folder / "template.yaml")
