"""The drivers that people use reach the databases of a stack as they are: none knows of netful."""

import shutil

import pytest

from tests.helpers.packages import node_packages, put_beside, python_packages
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]
DRIVERS = {
    "Python": (
        "psycopg",
        "asyncpg",
        "pg8000",
        "pymysql",
        "mysqlclient",
        "redis",
        "valkey",
        "elasticache_auto_discovery",
        "alembic",
    ),
    "Node": ("pg", "mysql2"),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drivers") / "shop"
    shutil.copytree(TEMPLATES / "drivers", folder)
    put_beside(python_packages("drivers", folder / "python/requirements.txt"), folder / "python")
    put_beside(node_packages("node-drivers", folder / "node"), folder / "node")
    made = Stack(folder.parent / "state", folder / "template.yaml")
    made.up()
    yield made
    made.down()


@pytest.mark.parametrize(("function", "driver"), [(name, one) for name, every in DRIVERS.items() for one in every])
def test_a_driver_is_answered(stack, function, driver):
    told = stack.invoke(function, f'"{driver}"')
    assert (told["function_error"], told["payload"]) == (None, 42)
