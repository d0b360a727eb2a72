"""A database's server has the user, the settings and the refusals of its resource."""

import hashlib
import hmac
from base64 import b64decode
from pathlib import Path

import pytest

from netful import sources
from netful.hosts.engines.engine import Engine, Installed, engine_of
from netful.hosts.engines.postgresql import server
from netful.hosts.engines.scram import verifier
from netful.hosts.engines.settings import Missing

PROGRAM = Installed(15, Path("/usr/lib/postgresql/15/bin/postgres"))
TEMPLATE = """
Parameters:
  Word: {Type: String, NoEcho: true}
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, {MORE}}}
  Group:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Description: d, Family: postgres16, Parameters: {rds.force_ssl: 0, statement_timeout: "5000", shared_buffers: 9}}
  Formulas:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Description: d, Family: postgres16, Parameters: {work_mem: "{DBInstanceClassMemory/131072}", max_connections: "{DBInstanceClassMemory/1}"}}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties: {DBClusterIdentifier: cluster, Engine: aurora-postgresql, EngineVersion: '16.1', MasterUsername: a, MasterUserPassword: b}
"""
LOGIN = "MasterUsername: ada, MasterUserPassword: secret-word"
EVIL = r"""
  Evil:
    Type: AWS::RDS::DBParameterGroup
    Properties: {Description: d, Family: postgres16, Parameters: {statement_timeout: "1\\'\nshared_preload_libraries = 'x"}}
"""
MEMBER = "  Writer: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: writer, DBClusterIdentifier: !Ref Cluster}}\n"


@pytest.fixture
def made(tmp_path):
    def make(more=LOGIN, *, of="Db", besides=""):
        (tmp_path / "template.yaml").write_text(TEMPLATE.replace("{MORE}", more) + besides)
        cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
        assert engine_of(cloud.template.resources[of]) is Engine.POSTGRESQL
        return server(cloud, cloud.template.resources[of], PROGRAM, tmp_path / "made")

    return make


@pytest.mark.parametrize(
    ("more", "forced"),
    [
        ("", True),
        ("EngineVersion: '14.9'", False),
        ("EngineVersion: '16'", True),
        ("EngineVersion: '16', DBParameterGroupName: !Ref Group", False),
    ],
)
def test_connections_without_tls(made, more, forced):
    made = made(f"{LOGIN}, {more}" if more else LOGIN)
    assert made.files["clients.conf"].startswith("hostssl ") == forced
    assert f"rds.force_ssl = {int(forced)}" in made.files["server.conf"]


def test_parameters_of_the_group(made):
    settings = made(f"{LOGIN}, Port: 5433, DBParameterGroupName: !Ref Group").files["server.conf"].splitlines()
    assert {"port = 5433", "statement_timeout = '5000'", "shared_buffers = 16MB"} <= set(settings)
    assert "shared_buffers = '9'" not in settings


def test_a_formula_is_left_out_with_a_warning(made):
    made = made(f"{LOGIN}, DBParameterGroupName: !Ref Formulas")
    assert not any(line.startswith("work_mem") for line in made.files["server.conf"].splitlines())
    assert "`work_mem`" in made.warning
    assert "max_connections" not in made.warning  # which netful computes


def test_names_are_quoted_and_no_password_is_written(made):
    statements = made("MasterUsername: 'a\"da', MasterUserPassword: secret-word, DBName: orders").files["users.sql"]
    assert 'CREATE DATABASE "orders" OWNER "a""da";' in statements.splitlines()
    assert "secret-word" not in statements


def test_template_writes_no_settings_and_no_statements(made):
    made = made(
        r"""MasterUsername: "a\nDROP TABLE t;", MasterUserPassword: p, DBParameterGroupName: !Ref Evil""", besides=EVIL
    )
    assert {line.partition(" ")[0] for line in made.files["users.sql"].splitlines()} <= {"CREATE", "ALTER", "GRANT"}
    assert r"statement_timeout = '1\\'' shared_preload_libraries = ''x'" in made.files["server.conf"].splitlines()


@pytest.mark.parametrize(("version", "warned"), [("'15.4'", False), ("'17.1'", True)])
def test_another_version_is_told(made, version, warned):
    assert bool(made(f"{LOGIN}, EngineVersion: {version}").warning) == warned


@pytest.mark.parametrize(
    "more", ["DBName: x", "MasterUsername: ada, MasterUserPassword: !Ref Word", f"{LOGIN}, Port: !Ref Word"]
)
def test_no_server_with_a_guess(made, more):
    with pytest.raises(Missing):
        made(more)


def test_cluster_runs_with_an_instance(made):
    with pytest.raises(Missing):
        made(of="Cluster")
    made = made(of="Cluster", besides=MEMBER)
    assert made.files["clients.conf"].startswith("host ")  # Aurora's default before 17
    assert set(made.certificate_names) == {
        "cluster.cluster-netful.us-east-1.rds.amazonaws.com",
        "cluster.cluster-ro-netful.us-east-1.rds.amazonaws.com",
        "writer.netful.us-east-1.rds.amazonaws.com",
    }


def test_a_multi_az_cluster_without_subnets_has_no_standby(made):
    assert "reader endpoint" in made(f"{LOGIN}, DBClusterInstanceClass: db.m6gd.large", of="Db").warning


def test_verifier_is_that_of_the_password():
    """RFC 5802: a client proves the password by the stored key; another password has another one."""
    _, salt_of, keys = verifier("ada", "secret-word").split("$")
    iterations, salt = salt_of.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", b"secret-word", b64decode(salt), int(iterations))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert b64decode(keys.split(":")[0]) == stored
    assert verifier("ada", "secret-word") == verifier("ada", "secret-word") != verifier("ada", "other")


@pytest.mark.parametrize(
    ("more", "user", "word"),
    [
        ("", "postgres", "the password `netful`"),
        ("MasterUserPassword: secret-word", "postgres", "the template's password"),
        (LOGIN, "ada", "the template's password"),
    ],
)
def test_a_database_of_a_snapshot_runs_empty_and_says_so(made, more, user, word):
    restored = made(f"DBSnapshotIdentifier: last-night{', ' if more else ''}{more}")
    assert f'CREATE ROLE "{user}" LOGIN' in restored.files["users.sql"]
    assert f"netful has no snapshot `last-night`: it is empty, and its user is `{user}` with {word}" in restored.warning
    assert made().warning == ""
