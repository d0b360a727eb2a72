"""The wheel as users install it: in an empty environment, outside the repository, from the package index.

`make wheel-test` runs this. It needs the index; the versions of Python are those that the machine has.
"""

import os
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.helpers.places import EXAMPLES, ROOT

pytestmark = pytest.mark.packets  # so that none is part of `make test-fast`

UV = Path(sys.executable).with_name("uv")
MOST_MEGABYTES = 70
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: functions}}
  Orders:
    Type: AWS::Lambda::Function
    Properties: {VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}}
"""


def there(version):
    program = shutil.which(f"python{version}")  # of pyenv, it may be there and end with an error
    return program and subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--wheel", "-q", "-o", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


class Environment:
    """An empty virtual environment with the wheel, and a folder of a user."""

    def __init__(self, folder, version, wheel, extra=""):
        subprocess.run([f"python{version}", "-m", "venv", folder / "env"], check=True)
        self.folder = folder
        self.bin = folder / "env" / "bin"
        self.env = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_", "VIRTUAL"))
        }
        self.env |= {"NETFUL_STATE": str(folder / "state"), "NO_COLOR": "1"}
        self.install(f"{wheel}{extra}")

    def install(self, *packages):
        subprocess.run(
            [UV, "pip", "install", "-q", "--python", self.bin / "python", "--compile-bytecode", *packages], check=True
        )

    def run(self, name, *words):
        return subprocess.run(
            [self.bin / name, *words],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="session", params=["3.11", "3.12", "3.13", "3.14"])
def python(request):
    if not there(request.param):
        pytest.skip(f"there is no python{request.param}")
    return request.param


@pytest.fixture(scope="session")
def alone(tmp_path_factory, python, wheel):
    """`pip install netful`."""
    made = Environment(tmp_path_factory.mktemp("alone"), python, wheel)
    (made.folder / "template.yaml").write_text(NETWORK)
    (made.folder / "sam.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Function}}\n"
    )
    return made


@pytest.fixture(scope="session")
def complete(tmp_path_factory, python, wheel):
    """`pip install 'netful[run]'`, and the demo."""
    made = Environment(tmp_path_factory.mktemp("complete"), python, wheel, "[run]")
    made.install("pytest")
    shutil.copytree(EXAMPLES / "ssm-demo", made.folder, dirs_exist_ok=True)
    return made


def test_the_description_is_readable_on_the_index(wheel):
    with ZipFile(wheel) as opened:
        name = next(name for name in opened.namelist() if name.endswith("METADATA"))
        written = message_from_bytes(opened.read(name))
    links = [part.split(")")[0] for part in written.get_payload().split("](")[1:]]
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert {"Homepage", "Documentation", "Changelog"} <= {
        one.partition(",")[0] for one in written.get_all("Project-URL")
    }


def test_netful_alone_is_small(alone):
    size = sum(
        file.stat().st_size
        for file in (alone.bin.parent / "lib").rglob("*")
        if file.is_file() and "/pip" not in str(file)
    )
    assert size / 1e6 < MOST_MEGABYTES


def test_netful_alone_reads_and_explains(alone):
    assert alone.run("netful", "trace", "Orders", "internet:tcp/443").returncode == 1
    assert "NF" in alone.run("netful", "check").stdout
    done = alone.run(
        "python", "-c", "import netful; print(netful.load().can_reach('Orders', 'internet:tcp/443').path.verdict)"
    )
    assert done.stdout == "blocked\n", done.stderr


@pytest.mark.parametrize(
    ("words", "extra"), [(("show", "-t", "sam.yaml"), "netful[sam]"), (("up", "-d"), "netful[run]")], ids=["sam", "run"]
)
def test_netful_alone_names_the_extra_that_it_lacks(alone, words, extra):
    done = alone.run("netful", *words)
    assert done.returncode == 2
    assert f"hint: pip install '{extra}'" in done.stderr


def test_netful_alone_reports_what_it_cannot_do(alone):
    done = alone.run("netful", "doctor")
    assert done.returncode == 1
    assert "hint: pip install 'netful[run]'" in done.stdout, done.stderr


def test_the_demo(complete):
    traced = complete.run("netful", "trace", "-t", "closed-endpoint.yaml", "ReadParameter", "aws:ssm")
    assert traced.returncode == 1, traced.stderr
    up = complete.run("netful", "up", "-d", "-t", "endpoint.yaml", "--stack", "demo")
    assert up.returncode == 0, up.stderr
    invoked = complete.run("netful", "invoke", "ReadParameter", "--stack", "demo")
    assert invoked.stdout == '{"value": "hello from Parameter Store"}\n', invoked.stderr
    assert complete.run("netful", "probe", "ReadParameter", "aws:ssm", "--stack", "demo").returncode == 0
    assert complete.run("netful", "down", "--stack", "demo").returncode == 0


def test_a_stack_of_a_test(complete):
    (complete.folder / "test_demo.py").write_text(
        "def test_it(stack):\n    assert stack.invoke('ReadParameter').json() == {'value': 'hello from Parameter Store'}\n"
    )
    done = complete.run("pytest", "-q", "-o", "netful_template=endpoint.yaml", "test_demo.py")
    assert done.returncode == 0, done.stdout
