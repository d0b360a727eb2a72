"""The drivers that people use reach the databases of a stack as they are: none knows of netful. Nor does a bundle of AWS's authorities."""

import shutil

import pytest

from tests.helpers.client_authorities import Signer
from tests.helpers.packages import node_packages, put_beside, python_packages
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]
DRIVERS = {
    "Python": (
        "psycopg",
        "bundle",
        "asyncpg",
        "pg8000",
        "pymysql",
        "mysqlclient",
        "redis",
        "valkey",
        "elasticache_auto_discovery",
        "alembic",
    ),
    "Node": ("pg", "bundle", "mysql2"),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drivers") / "shop"
    shutil.copytree(TEMPLATES / "drivers", folder)
    put_beside(python_packages("drivers", folder / "python/requirements.txt"), folder / "python")
    put_beside(node_packages("node-drivers", folder / "node"), folder / "node")
    bundle = Signer("Amazon RDS us-east-1 Root CA RSA2048 G1", ca=True).pem
    for code in ("python", "node"):
        (folder / code / "certs").mkdir()
        (folder / code / "certs/global-bundle.pem").write_text(bundle)
    yield from Stack(folder.parent / "state", folder / "template.yaml").while_up()


@pytest.mark.parametrize(("function", "driver"), [(name, one) for name, every in DRIVERS.items() for one in every])
def test_a_driver_is_answered(stack, function, driver):
    told = stack.invoke(function, f'"{driver}"')
    assert (told["function_error"], told["payload"]) == (None, 42)
