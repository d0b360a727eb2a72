"""Proxies of RDS: at interfaces of their own, behind their groups, by secrets or tokens of IAM, with a limit of connections."""

import pytest

from tests.helpers.databases import secret
from tests.helpers.processes import wait_until
from tests.helpers.stacks import AS_ROOT

pytestmark = [pytest.mark.packets, pytest.mark.programs, AS_ROOT]
TEMPLATE = "proxies.yaml"
CLIENT = "subnet:A+FnSg"
HOST = "{}.proxy-netful.us-east-1.rds.amazonaws.com"
POSTGRES = "postgres.netful.us-east-1.rds.amazonaws.com"
VERIFIED = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/ssl/certs/ca-certificates.crt"}


def host(name):
    return POSTGRES if name == "postgres" else HOST.format(name)


def psql(stack, proxy, password, *, user="app", command=("-Atc", "select current_user"), at=CLIENT, **more):
    place = {"PGHOST": host(proxy), "PGUSER": user, "PGDATABASE": "orders", "PGPASSWORD": password}
    stack.env |= place | VERIFIED | more
    done = stack.netful("exec", at, "--stack", "s", "--", "psql", "-X", *command)
    return done.stdout.strip() or done.stderr


def mariadb(stack, proxy, password, statement, *more):
    stack.env["MYSQL_PWD"] = password
    where = ("-h", HOST.format(proxy), "-u", "app", "--ssl-ca=/etc/ssl/certs/ca-certificates.crt", *more, "orders")
    done = stack.netful("exec", CLIENT, "--stack", "s", "--", "mariadb", "--no-defaults", *where, "-NBe", statement)
    return done.stdout.strip() or done.stderr


def token(stack, function, proxy, port, user="app"):
    return stack.json(
        "invoke", function, "--stack", "s",
        "--payload", f'{{"host": "{host(proxy)}", "port": {port}, "user": "{user}"}}',
    )["payload"]  # fmt: skip


def test_users_of_a_secret_by_their_passwords(stack):
    word = secret(stack, "orders")["password"]
    assert psql(stack, "by-password", word) == "app"
    assert "password authentication failed" in psql(stack, "by-password", "wrong")
    assert "has no credentials for the role other" in psql(stack, "by-password", word, user="other")
    assert "requires TLS connections" in psql(stack, "by-password", word, PGSSLMODE="disable")
    for mode in ("disable", "require"):
        assert psql(stack, "clear", word, PGSSLMODE=mode) == "app"
    assert mariadb(stack, "mysql-by-password", word, "select current_user()") == "app@%"
    assert "1045" in mariadb(stack, "mysql-by-password", "wrong", "select 1")
    assert "3159" in mariadb(stack, "mysql-by-password", word, "select 1", "--skip-ssl")


def test_an_endpoint_of_a_proxy_reads_only(stack):
    word = secret(stack, "orders")["password"]
    assert psql(stack, "reads.endpoint", word) == "app"
    assert "read-only" in psql(stack, "reads.endpoint", word, command=("-c", "create table t (a int)"))
    assert "has no credentials for the role other" in psql(stack, "reads.endpoint", word, user="other")


def test_connections_are_limited(stack):
    word = secret(stack, "orders")["password"]
    nested = r'\! psql -XAtc "\! psql -XAtc \"select 3\""'
    assert "Timed-out waiting to acquire database connection" in psql(
        stack, "by-password", word, command=("-c", nested)
    )
    assert psql(stack, "by-password", word, command=("-c", r'\! psql -XAtc "select 2"')) == "2"
    ask = f"mariadb --no-defaults -h {HOST.format('mysql-by-password')} -u app orders -NBe 'select 2'"
    assert "9501" in mariadb(stack, "mysql-by-password", word, f"system {ask}")


def test_users_by_tokens_of_iam(stack):
    for proxy, port in (("by-token", 5432), ("mysql-by-token", 3306)):

        def ask(shown, proxy=proxy, port=port):
            if port == 5432:
                return psql(stack, proxy, shown)
            return mariadb(stack, proxy, shown, "select current_user()")

        assert ask(token(stack, "MayConnect", proxy, port)).endswith(("app", "app@%"))
        refused = (
            token(stack, "MayNot", proxy, port),  # the role's policy
            token(stack, "MayConnect", "by-password", port),  # another host
            token(stack, "MayConnect", proxy, port, user="other"),
            secret(stack, "orders")["password"],
        )
        for shown in refused:
            assert "IAM authentication failed" in ask(shown)
    assert "requires TLS connections" in psql(stack, "by-token", "x", PGSSLMODE="disable")


def test_users_of_a_database_by_tokens_of_iam(stack):
    word, near = secret(stack, "orders")["password"], "subnet:A+ProxySg"
    made = ("-Atc", "create role reporter login", "-c", "grant rds_iam to reporter")
    assert psql(stack, "postgres", word, at=near, command=made) == "CREATE ROLE\nGRANT ROLE"
    shown = token(stack, "MayConnect", "postgres", 5432, user="reporter")
    assert psql(stack, "postgres", shown, at=near, user="reporter") == "reporter"
    for other in (token(stack, "MayNot", "postgres", 5432, user="reporter"), "a password"):
        assert 'PAM authentication failed for user "reporter"' in psql(
            stack, "postgres", other, at=near, user="reporter"
        )
    assert "no encryption" in psql(stack, "postgres", shown, at=near, user="reporter", PGSSLMODE="disable")
    assert "password authentication failed" in psql(
        stack, "postgres", token(stack, "MayConnect", "postgres", 5432), at=near
    )


def test_a_target_that_does_not_admit_the_proxy_is_unhealthy(stack):
    def states():
        return {one["resource"]: one["state"] for one in stack.json("status", "--stack", "s")["hosts"]}

    assert states()["ByToken"] == "running"
    text = stack.template.read_text()
    with stack.changed_to(text.replace("SourceSecurityGroupId: !Ref ProxySg", "SourceSecurityGroupId: !Ref FnSg")):
        assert wait_until(lambda: states()["ByToken"] == "unhealthy")
        assert stack.probe(CLIENT, "ByToken")["observed"][0]["symptom"] == "none"
