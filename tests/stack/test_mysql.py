"""Databases of a template with MySQL's engines are real MariaDB servers at their addresses, with the template's user."""

import os
import signal

import pytest

from tests.helpers.databases import secret, servers
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT

pytestmark = [pytest.mark.packets, pytest.mark.programs]
TEMPLATE = "mysql.yaml"
CLIENT, STRANGER = "subnet:A+FnSg", "subnet:A+DbSg"
DB, WRITER = "db.netful.us-east-1.rds.amazonaws.com", "writer.netful.us-east-1.rds.amazonaws.com"
REPLICA = "replica.netful.us-east-1.rds.amazonaws.com"
READERS = "cluster.cluster-ro-netful.us-east-1.rds.amazonaws.com"
VERIFIED = ("--ssl-verify-server-cert", "--ssl-ca=/etc/ssl/certs/ca-certificates.crt")


def sql(stack, statement, *, host=DB, user="app", database="orders", password=None, tls=VERIFIED):
    stack.env["MYSQL_PWD"] = secret(stack, "orders")["password"] if password is None else password
    where = ("mariadb", "--no-defaults", "-NB", "--connect-timeout=30", "-h", host, "-u", user, *tls, database)
    done = stack.netful("exec", CLIENT, "--stack", "s", "--", *where, "-e", statement)
    return done.stdout.strip() or done.stderr.strip()


def test_databases_serve_as_the_template_says(stack):
    assert sql(stack, "select current_user(), @@max_connections, @@sql_mode") == "app@%\t45\tANSI_QUOTES"
    assert sql(stack, "select timestampdiff(hour, utc_timestamp(), now())") == "9"
    assert "3159" in sql(stack, "select 1", tls=("--skip-ssl",))
    assert "1045" in sql(stack, "select 1", password="wrong")
    assert "1227" in sql(stack, "set global max_connections = 5")
    assert "Access denied" in sql(stack, "select 1 into outfile '/tmp/x'")  # for want of FILE
    chief = secret(stack, "rds!cluster-")
    other = {"host": WRITER, "user": chief["username"], "password": chief["password"], "database": "shop"}
    assert sql(stack, "select database()", **other) == "shop"
    assert sql(stack, "select database()", tls=("--skip-ssl",), **other) == "shop"
    for name in ("Db", "Cluster", "Writer"):
        probed = stack.probe(CLIENT, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
        probed = stack.probe(STRANGER, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "timeout")
    found = stack.json("status", "--stack", "s")
    assert {one["resource"]: one["kind"] for one in found["answers"]} == dict.fromkeys(
        ("Db", "Cluster", "Writer", "Reader", "Replica"), "engine"
    )
    assert any("in place of MySQL" in one for one in found["warnings"])


@AS_ROOT
def test_db_opens_the_client_as_the_master(stack):
    asked = ("--from", CLIENT, "--", "-e", "select current_user()")
    assert "app@%" in stack.netful("db", "Db", "--stack", "s", *asked, check=0).stdout
    assert "nothing of the template reaches `Db`" in stack.netful("db", "Db", "--stack", "s", check=2).stderr


@AS_ROOT
def test_a_seed_fills_the_database(stack):
    folder = stack.template.parent
    (folder / "netful.toml").write_text('[hosts.Db]\nseed = "seed.sql"\n')
    (folder / "seed.sql").write_text("create table items (\n  name varchar(9)\n);\ninsert into items values ('a;b')")
    stack.up()
    assert sql(stack, "select name from items") == "a;b"


@AS_ROOT
def test_readers_refuse_to_write(stack):
    chief = secret(stack, "rds!cluster-")
    other = {"user": chief["username"], "password": chief["password"], "database": "shop"}
    sql(stack, "create table t (a int); insert into t values (7)", host=WRITER, **other)
    for tls in (VERIFIED, ("--skip-ssl",)):
        assert sql(stack, "select a from t", host=READERS, tls=tls, **other) == "7"
        assert "ERROR 1290 (HY000)" in sql(stack, "insert into t values (8)", host=READERS, tls=tls, **other)
    compressed = (*VERIFIED, "--compress")
    assert sql(stack, "select a from t", host=READERS, tls=compressed, **other) == "7"
    assert sql(stack, "select @@tx_read_only", host=REPLICA) == "1"
    assert "3159" in sql(stack, "select 1", host=REPLICA, tls=("--skip-ssl",))
    assert "1045" in sql(stack, "select 1", host=REPLICA, password="wrong")


@AS_ROOT
def test_data_stays_through_changes_and_kills(stack):
    sql(stack, "create table t (a int); set password = password('chosen-by-app')")
    text = stack.template.read_text()
    with stack.changed_to(text.replace("max_connections: 45", "max_connections: 46")):
        assert sql(stack, "insert into t values (7); select @@max_connections", password="chosen-by-app") == "46"
        for pid in servers(stack.template.parent.parent, "mariadbd"):
            os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: sql(stack, "select a from t", password="chosen-by-app") == "7")
    named = "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
    with stack.changed_to(text.replace(f"!Sub '{named}'", "another-word")):
        assert sql(stack, "select a from t", password="another-word") == "7"


def test_state_keeps_data_and_no_server_stays(stopped, tmp_path):
    stack = stopped
    stack.up("--state", str(tmp_path / "kept"))
    sql(stack, "create table t (a int); insert into t values (7)")
    stack.down()
    assert servers(tmp_path, "mariadbd") == []
    stack.up("--state", str(tmp_path / "kept"))
    assert sql(stack, "select a from t") == "7"
