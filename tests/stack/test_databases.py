"""Databases of a template are real PostgreSQL servers at their addresses, behind their groups, with the template's user."""

import os
import signal

import pytest

from tests.helpers.databases import secret, servers
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT

pytestmark = [pytest.mark.packets, pytest.mark.programs]
TEMPLATE = "databases.yaml"
CLIENT, STRANGER = "subnet:A+FnSg", "subnet:A+DbSg"
DB, WRITER = "db.netful.us-east-1.rds.amazonaws.com", "writer.netful.us-east-1.rds.amazonaws.com"
READER, REPLICA = (f"{name}.netful.us-east-1.rds.amazonaws.com" for name in ("reader", "replica"))
READERS = "cluster.cluster-ro-netful.us-east-1.rds.amazonaws.com"
VERIFIED = "sslmode=verify-full sslrootcert=/etc/ssl/certs/ca-certificates.crt"


def sql(stack, statement, *, host=DB, user="app", database="orders", password=None, tls=VERIFIED):
    stack.env["PGPASSWORD"] = secret(stack, "orders")["password"] if password is None else password
    where = f"host={host} user={user} dbname={database} connect_timeout=30 {tls}"
    done = stack.netful("exec", CLIENT, "--stack", "s", "--", "psql", "-AtX", where, "-c", statement)
    return done.stdout.strip() or done.stderr


def test_databases_serve_as_the_template_says(stack):
    assert sql(stack, "select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()") == "app|t"
    assert sql(stack, "show max_connections") == "112"
    assert "no encryption" in sql(stack, "select 1", tls="sslmode=disable")
    assert "password authentication failed" in sql(stack, "select 1", password="wrong")
    assert "permission denied" in sql(stack, "alter system set work_mem = '1MB'")
    chief = secret(stack, "rds!cluster-")
    other = {"host": WRITER, "user": chief["username"], "password": chief["password"], "database": "shop"}
    assert sql(stack, "select current_database()", **other) == "shop"
    assert stack.invoke("Ask")["payload"] == ["S", secret(stack, "orders")["password"]]
    for name in ("Db", "Cluster"):
        probed = stack.probe(CLIENT, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
        probed = stack.probe(STRANGER, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "timeout")
    answers = {one["resource"]: one["kind"] for one in stack.json("status", "--stack", "s")["answers"]}
    assert answers == dict.fromkeys(("Db", "Cluster", "Writer", "Reader", "Replica"), "engine")


@AS_ROOT
def test_the_master_creates_the_extensions_that_rds_offers(stack):
    assert sql(stack, "create extension postgres_fdw") == "CREATE EXTENSION"
    assert "permission denied" in sql(stack, "create extension file_fdw")
    assert sql(stack, "create extension pg_stat_statements") == "CREATE EXTENSION"
    assert int(sql(stack, "select count(*) from pg_stat_statements")) > 0


@AS_ROOT
def test_readers_refuse_to_write(stack):
    chief = secret(stack, "rds!cluster-")
    other = {"user": chief["username"], "password": chief["password"], "database": "shop"}
    sql(stack, "create table t (a int); insert into t values (7)", host=WRITER, **other)
    for name in (READERS, READER):
        assert sql(stack, "select a from t", host=name, **other) == "7"
        assert "read-only transaction" in sql(stack, "insert into t values (8)", host=name, **other)
    assert sql(stack, "show transaction_read_only", host=REPLICA) == "on"
    assert "no encryption" in sql(stack, "select 1", host=REPLICA, tls="sslmode=disable")
    assert "password authentication failed" in sql(stack, "select 1", host=REPLICA, password="wrong")
    probed = stack.probe(CLIENT, "Reader")
    assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
    probed = stack.probe(STRANGER, "Replica")
    assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "timeout")


@AS_ROOT
def test_data_stays_through_changes_and_kills(stack):
    sql(stack, "create table kept (a int)")
    text = stack.template.read_text()
    text = text.replace("DBName: orders", "DBName: orders\n      Port: 5433")
    with stack.changed_to(text.replace("FromPort: 5432, ToPort: 5432", "FromPort: 5433, ToPort: 5433")):
        assert sql(stack, "insert into kept values (7)", tls=f"port=5433 {VERIFIED}") == "INSERT 0 1"
        for pid in servers(stack.template.parent.parent, "postgres"):
            os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: sql(stack, "select a from kept", tls=f"port=5433 {VERIFIED}") == "7")


@AS_ROOT
def test_rds_rotates_the_password_of_a_master_user(stack):
    before = secret(stack, "rds!cluster-")
    secrets = stack.client("secretsmanager")
    (name,) = (one["Name"] for one in secrets.list_secrets()["SecretList"] if one["Name"].startswith("rds!cluster-"))
    secrets.rotate_secret(SecretId=name)
    after = secret(stack, "rds!cluster-")
    where = {"host": WRITER, "user": before["username"], "database": "shop"}
    wait_until(lambda: sql(stack, "select 7", password=after["password"], **where) == "7")
    assert "password authentication failed" in sql(stack, "select 7", password=before["password"], **where)


@AS_ROOT
def test_a_seed_fills_the_database_and_follows_its_file(stack):
    folder = stack.template.parent
    (folder / "netful.toml").write_text('[hosts.Db]\nseed = "seed.sql"\n')
    (folder / "seed.sql").write_text("create table items (\n  name text\n);\ninsert into items values ('a;b');\n")
    stack.up()
    assert sql(stack, "select name, tableowner from items, pg_tables where tablename = 'items'") == "a;b|app"
    (folder / "seed.sql").write_text("insert into items values ('c');\ninsert into nowhere values (1);\n")
    stack.up()
    wait_until(
        lambda: any('"nowhere" does not exist' in one for one in stack.json("status", "--stack", "s")["warnings"])
    )
    (folder / "seed.sql").write_text("insert into items values ('d');\n")
    stack.up()
    assert sql(stack, "select name from items order by 1") == "a;b\nd"
    (folder / "netful.toml").unlink()  # the next tests share the stack
    stack.up()


@AS_ROOT
def test_data_of_a_database_that_is_gone_is_gone(stack):
    sql(stack, "create table t (a int)")
    text = stack.template.read_text()
    end = text.index("  Replica:")
    with stack.changed_to(text[: text.index("  Attachment:")] + text[text.index("  Cluster:") : end]):
        pass
    assert 'relation "t" does not exist' in sql(stack, "select * from t")


@AS_ROOT
def test_db_opens_the_client_as_the_master_from_what_reaches_it(stack):
    def db(name, *more, check=0):
        return stack.netful("db", name, "--stack", "s", *more, check=check)

    asked = ("--", "-Atc", "select current_user, current_database(), inet_client_addr()")
    assert db("Db", *asked).stdout.startswith("app|orders|10.0.1.")  # from Ask, the function that reaches it
    assert db("Writer", "--from", CLIENT, *asked).stdout.startswith("chief|shop|")
    assert db("Db", "--", "-c", "select 1 / 0", check=1).stdout == ""
    assert "no server of netful runs at `Vpc`" in db("Vpc", check=2).stderr
    db("Db", "--", "-c", "alter role app password 'rotated-word'")
    value = '{"username": "app", "password": "rotated-word"}'
    stack.client("secretsmanager").put_secret_value(SecretId="orders", SecretString=value)
    assert db("Db", *asked).stdout.startswith("app|orders|")


def test_state_keeps_data(stopped, tmp_path):
    stack = stopped
    stack.up("--state", str(tmp_path / "kept"))
    sql(stack, "create table t (a int); insert into t values (7)")
    stack.down()
    assert servers(tmp_path, "postgres") == []
    stack.up("--state", str(tmp_path / "kept"))
    assert sql(stack, "select a from t") == "7"
