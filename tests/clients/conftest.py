"""Deployment tools as their users run them, against an empty account. `make clients` installs the tools."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.places import ROOT

APPLICATIONS = Path(__file__).with_name("applications")
TOOLS = Path(os.environ.get("NETFUL_CLIENTS", ROOT / ".clients"))
NODE_MODULES = TOOLS / "node" / "node_modules"
_SECONDS = 300


QUIET = {
    "CI": "1", "SAM_CLI_TELEMETRY": "0", "CDK_DISABLE_CLI_TELEMETRY": "1", "AWS_PAGER": "", "PYTHONWARNINGS": "ignore",
}  # fmt: skip


def _path(program):
    """The path of `TOOL/PROGRAM`."""
    folder, _, name = program.rpartition("/")
    return NODE_MODULES / ".bin" / name if folder == "node" else TOOLS / folder / "bin" / name


class Client(Account):
    """An account with the tools that deploy to it."""

    def run(self, program, *args, cwd, check=True):
        """Run a tool; return what it printed, on either stream."""
        done = subprocess.run(
            [_path(program), *args], cwd=cwd, env=self.env | self.exports | QUIET, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_SECONDS, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout
        return done.stdout

    def start_tool(self, program, *args, cwd):
        """Start a tool that runs until it is ended."""
        return subprocess.Popen(
            [_path(program), *args], cwd=cwd, env=self.env | self.exports | QUIET,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def outputs(self, stack):
        (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}

    def answer(self, function, url):
        """The answer of a private API to a client with the function's place in the network."""
        done = self.netful("exec", function, "--stack", "s", "--", "curl", "-sS", "--max-time", "3", url)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def assert_real(self, function, url, group, version=1):
        """What was deployed runs: the API answers, descriptions are the network, packets do what `trace` says."""
        answer = self.answer(function, url)
        ec2 = self.client("ec2")
        vpcs = ec2.describe_vpcs()["Vpcs"]
        assert (answer["vpc"] in {one["VpcId"] for one in vpcs}, answer["version"]) == (True, version)
        shown = self.json("show", "--live", "--stack", "s")["vpcs"]
        assert sorted(one["cidr_blocks"][0] for one in shown) == sorted(one["CidrBlock"] for one in vpcs)
        assert self.probe(function, url)["agree"]
        assert self.json("trace", function, url, "--live", "--stack", "s")["verdict"] == "reachable"
        (described,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=described["IpPermissions"])
        assert self.answer(function, url) is None
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=described["IpPermissions"])
        assert self.answer(function, url) is not None

    def seen(self):
        """What the account shows of itself."""
        shown = self.json("show", "--live", "--stack", "s")
        return {name: shown[name] for name in ("vpcs", "enis", "endpoints", "apis")}


@pytest.fixture
def account(tmp_path, monkeypatch):
    if NODE_MODULES.is_dir():
        monkeypatch.setenv("NETFUL_NODE_MODULES", str(NODE_MODULES))
    made = Client(tmp_path / "state", tmp_path / "template.yaml")
    yield made.start()
    made.down()


@pytest.fixture
def application(tmp_path):
    """Return a copy of an application, by its name."""

    def copied(name):
        return Path(shutil.copytree(APPLICATIONS / name, tmp_path / name))

    return copied
