"""A database with MySQL's engines has the user, the settings and the refusals of its resource."""

from pathlib import Path

import pytest

from netful import sources
from netful.hosts.engines.engine import Engine, Installed, engine_of
from netful.hosts.engines.mariadb import server
from netful.hosts.engines.settings import Missing

PROGRAM = Installed(11, Path("/usr/sbin/mariadbd"))
TEMPLATE = """
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {{MORE}}}
  Group:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Description: d
      Family: mysql8.0
      Parameters:
        require_secure_transport: 1
        sql_mode: "ANSI\\"\\nplugin-load = x"
        max_connections: "{DBInstanceClassMemory/12582880}"
        innodb_buffer_pool_size: 9
        time_zone: Asia/Tokyo
        max_allowed_packet: "{DBInstanceClassMemory/1024}"
"""
LOGIN = "Engine: mysql, MasterUsername: ada, MasterUserPassword: secret-word"


@pytest.fixture
def made(tmp_path):
    def make(more=LOGIN):
        (tmp_path / "template.yaml").write_text(TEMPLATE.replace("{MORE}", more))
        cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
        assert engine_of(cloud.template.resources["Db"]) is Engine.MARIADB
        return server(cloud, cloud.template.resources["Db"], PROGRAM, tmp_path / "made")

    return make


def test_parameters_of_the_group(made):
    settings = made(f"{LOGIN}, Port: 3307, DBParameterGroupName: !Ref Group").files["server.conf"].splitlines()
    assert {"port = 3307", "require-secure-transport = 1", r'loose-sql_mode = "ANSI\" plugin-load = x"'} <= {*settings}
    assert not any("max_connections" in line or "= 9" in line or "{" in line for line in settings)
    assert "export TZ=Asia/Tokyo\n" in made(f"{LOGIN}, DBParameterGroupName: !Ref Group").command
    assert "require-secure-transport = 0" in made().files["server.conf"].splitlines()


def test_a_formula_is_left_out_with_a_warning(made):
    assert "`max_allowed_packet`" in made(f"{LOGIN}, DBParameterGroupName: !Ref Group").warning


def test_each_statement_is_on_a_line_and_no_password_is_written(made):
    made = made(r"""Engine: mysql, MasterUsername: "a'\nDROP", MasterUserPassword: secret-word, DBName: "or`ders" """)
    statements = made.files["users.sql"].splitlines()
    assert {line.partition(" ")[0] for line in statements} == {"CREATE", "ALTER", "GRANT", "SELECT"}
    assert "CREATE USER IF NOT EXISTS 'a'' DROP'@'%';" in statements
    assert "CREATE DATABASE IF NOT EXISTS `or``ders`;" in statements
    assert "secret-word" not in made.files["users.sql"]


def test_another_password_is_set_again(made):
    """The file that marks executed statements has another name."""
    assert made().command == made().command != made(LOGIN.replace("secret", "other")).command


@pytest.mark.parametrize(
    ("engine", "warned"), [("mysql", True), ("mariadb, EngineVersion: '10.11'", True), ("mariadb", False)]
)
def test_another_engine_is_told(made, engine, warned):
    assert bool(made(LOGIN.replace("mysql", engine)).warning) == warned


def test_no_server_without_a_password(made):
    with pytest.raises(Missing):
        made("Engine: aurora-mysql, MasterUsername: ada")
