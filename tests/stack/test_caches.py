"""Caches of a template are real servers at their addresses, behind their groups, with their encryption and passwords."""

import pytest

from tests.helpers.stacks import AS_ROOT

pytestmark = [pytest.mark.packets, pytest.mark.programs]
TEMPLATE = "caches.yaml"
CLIENT, STRANGER = "subnet:A+FnSg", "subnet:A+CacheSg"
CACHES = ("Plain", "Group", "Both", "Memcached", "Encrypted", "Serverless")
HOST = "{}.netful.cache.amazonaws.com"


def cli(stack, name, *command, tls=True):
    asked = ("valkey-cli", "-h", HOST.format(name), *(("--tls",) if tls else ()), *command)
    return stack.netful("exec", CLIENT, "--stack", "s", "--", *asked).stdout.strip()


def test_caches_serve_as_the_template_says(stack):
    assert cli(stack, "plain", "ping", tls=False) == "PONG"
    assert "NOAUTH" in cli(stack, "group", "ping")
    (secret,) = stack.client("secretsmanager").list_secrets()["SecretList"]
    token = stack.client("secretsmanager").get_secret_value(SecretId=secret["Name"])["SecretString"]
    assert cli(stack, "group", "--no-auth-warning", "-a", token, "ping") == "PONG"
    assert cli(stack, "serverless", "-c", "set", "a", "b") == "OK"
    assert [cli(stack, "both", "ping", tls=tls) for tls in (True, False)] == ["PONG", "PONG"]
    for command in ("config get *", "save", "shutdown", "replicaof no one"):
        assert "unknown command" in cli(stack, "plain", *command.split(), tls=False)
    assert cli(stack, "plain", "select", "3", tls=False) == "OK"
    assert "out of range" in cli(stack, "plain", "select", "4", tls=False)
    for name in CACHES:
        probed = stack.probe(CLIENT, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "none")
        probed = stack.probe(STRANGER, name)
        assert (probed["agree"], probed["observed"][0]["symptom"]) == (True, "timeout")
    found = stack.json("status", "--stack", "s")
    assert {one["resource"]: one["kind"] for one in found["answers"]} == dict.fromkeys(CACHES, "engine")
    assert {one["resource"]: one["state"] for one in found["hosts"]} == dict.fromkeys(CACHES, "running")


@AS_ROOT
def test_another_line_of_the_template_keeps_what_a_cache_has(stack):
    caches = {"plain": False, "both": True}
    assert [cli(stack, name, "set", "kept", "1", tls=tls) for name, tls in caches.items()] == ["OK", "OK"]
    with stack.changed_to(f"# a line\n{stack.template.read_text()}"):
        assert [cli(stack, name, "get", "kept", tls=tls) for name, tls in caches.items()] == ["1", "1"]


@AS_ROOT
def test_db_opens_the_client(stack):
    for name in ("Plain", "Group", "Serverless"):
        asked = ("--from", CLIENT, "--", "set", "a", "b")
        assert stack.netful("db", name, "--stack", "s", *asked, check=0).stdout.strip() == "OK"


@AS_ROOT
def test_memcached(stack):
    talk = "set a 0 0 1\r\n7\r\nget a\r\nquit\r\n"
    for name in ("Memcached", "Encrypted"):
        done = stack.netful("db", name, "--from", CLIENT, "--stack", "s", text=talk)
        assert "VALUE a 0 1" in done.stdout
        assert stack.probe(STRANGER, name)["observed"][0]["symptom"] == "timeout"


@AS_ROOT
def test_attached_cache_has_no_server(stopped):
    stopped.up("--attach", "Plain:6379=127.0.0.1:1")
    found = stopped.json("status", "--stack", "s")
    assert {one["resource"] for one in found["hosts"]} == {*CACHES} - {"Plain"}
    assert {one["resource"]: one["kind"] for one in found["answers"]}["Plain"] == "attachment"
