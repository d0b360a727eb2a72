"""`netful db` opens the client of a database or cache as its master user, from a position that reaches it."""

import shutil

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]
CLIENT = ("--from", "subnet:A+FnSg")


@pytest.fixture
def stack(tmp_path, request):
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(TEMPLATES / request.param, folder / "template.yaml")
    made = Stack(tmp_path / "state", folder / "template.yaml")
    made.up()
    yield made
    made.down()


def db(stack, name, *more, check=0):
    return stack.netful("db", name, "--stack", "s", *more, check=check)


@pytest.mark.parametrize("stack", ["databases.yaml"], indirect=True)
def test_postgresql(stack):
    asked = ("--", "-Atc", "select current_user, current_database(), inet_client_addr()")
    assert db(stack, "Db", *asked).stdout.startswith("app|orders|10.0.1.")  # from Ask, the function that reaches it
    assert db(stack, "Writer", *CLIENT, *asked).stdout.startswith("chief|shop|")
    assert db(stack, "Db", "--", "-c", "select 1 / 0", check=1).stdout == ""
    assert "no server of netful runs at `Vpc`" in db(stack, "Vpc", check=2).stderr
    db(stack, "Db", "--", "-c", "alter role app password 'rotated-word'")
    value = '{"username": "app", "password": "rotated-word"}'
    stack.client("secretsmanager").put_secret_value(SecretId="orders", SecretString=value)
    assert db(stack, "Db", *asked).stdout.startswith("app|orders|")


@pytest.mark.parametrize("stack", ["mysql.yaml"], indirect=True)
def test_mariadb(stack):
    assert "app@%" in db(stack, "Db", *CLIENT, "--", "-e", "select current_user()").stdout
    assert "nothing of the template reaches `Db`" in db(stack, "Db", check=2).stderr


@pytest.mark.parametrize("stack", ["caches.yaml"], indirect=True)
def test_valkey(stack):
    for name in ("Plain", "Group", "Serverless"):
        assert db(stack, name, *CLIENT, "--", "set", "a", "b").stdout.strip() == "OK"
