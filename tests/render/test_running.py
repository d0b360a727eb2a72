"""The lines of `netful up` and `netful status`: every part of the stack, what it is doing, and what mends it."""

from netful.render.running import running_lines

FUNCTION = {"resource": "F", "state": "Active", "environments": 1, "interfaces": [], "why": "", "hint": "", "url": None}
HOST = {
    "resource": "Db",
    "state": "running",
    "restarts": 0,
    "address": "10.0.1.5",
    "engine": "postgresql 15",
    "why": "",
}
BALANCER = {
    "resource": "Balancer",
    "state": "running",
    "url": None,
    "dns_name": "b.elb",
    "targets": [{"state": "healthy"}] * 2,
}
NOTHING = {
    "functions": [],
    "hosts": [],
    "answers": [],
    "load_balancers": [],
    "distributions": [],
    "state_machines": [],
    "apis": [],
    "debugger": None,
}


def lines(**parts):
    return [" ".join(line.split()) for line in running_lines(NOTHING | parts, counters=True)]


def answer(resource, kind="nothing", **more):
    return {"resource": resource, "kind": kind, "what": "", "why": "", "hint": "", **more}


def test_each_part_has_a_state():
    answers = [answer("Db", "engine"), answer("Mq", "attachment", what="5671 by 127.0.0.1:5671"), answer("Es")]
    assert lines(functions=[FUNCTION], hosts=[HOST], answers=answers, load_balancers=[BALANCER]) == [
        "F Active 1 environment outside any VPC",
        "Db running 0 restarts 10.0.1.5 postgresql 15",
        "Mq attached port 5671 by 127.0.0.1:5671",
        "Es nothing answers here",
        "Balancer running 2 healthy b.elb",
    ]


def test_hosts_that_are_silent_for_one_reason_share_a_hint():
    silent = [answer("A", hint="a command"), answer("B", hint="b"), answer("C", why="not installed", hint="apt")]
    assert lines(answers=silent)[3:] == [
        "hint: `A` answers with a command; so for 1 other host",
        "hint: `C` answers with apt",
    ]


def test_a_function_that_cannot_run_says_what_mends_it():
    failed = FUNCTION | {"state": "Failed", "why": "no Node.js", "hint": "install `node`"}
    assert lines(functions=[failed])[-1] == "hint: `F`: install `node`"
    others = [failed | {"resource": name} for name in ("G", "H")]
    assert lines(functions=[failed, *others])[3:] == ["hint: `F` and 2 more: install `node`"]


def test_a_function_has_its_url_below():
    assert lines(functions=[FUNCTION | {"url": "http://127.0.0.1:1/_lambda-url/a/"}])[1:] == [
        "F function URL http://127.0.0.1:1/_lambda-url/a/"
    ]


def test_a_service_without_a_task_does_not_run():
    assert lines(answers=[answer("Web", "images", what="web:1")]) == ["Web not running web:1"]


def test_a_classic_load_balancer_does_not_run():
    classic = BALANCER | {"state": "not running", "targets": []}
    assert lines(load_balancers=[classic]) == ["Balancer not running b.elb"]


def test_long_names_keep_the_columns():
    long = FUNCTION | {"resource": "F" * 60}
    short, other = running_lines(NOTHING | {"functions": [FUNCTION, long]})
    assert short.index("Active") == other.index("Active")
