"""`trace` against the gateway: drawn clouds of APIs, requests to them, the same answer.

A request has what `trace` assumes about it, and nothing else. If `trace` predicts a response, the gateway gives it, with the
same body; if it predicts none, the integration is reached. `make differential N=10000` draws as many others as you like.
"""

import json
import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.sources import load
from tests.helpers.api_bench import ASSUMED, IDENTITIES, REACHED, Apis, answer, sent_for
from tests.helpers.draw_apis import bodies, questions
from tests.helpers.examples import tried

pytestmark = pytest.mark.slow

# The test suite draws the same clouds each time; `make differential` draws others each time.
CHOSEN = os.environ.get("NETFUL_CLOUDS")
CLOUDS = int(CHOSEN or 40)
QUESTIONS = 24  # about each cloud


def drawn_clouds(number):
    """The settings of a test of so many clouds."""
    return settings(
        max_examples=tried(number),
        deadline=None,
        suppress_health_check=[*HealthCheck],
        database=None,
        derandomize=not CHOSEN,
        print_blob=True,
    )


def is_compared(path):
    """Whether packets reach API Gateway, and nothing else decides that the harness does not send."""
    unresolved = any(hop.verdict == "unknown" and hop.kind == "name" for hop in path.hops)
    assumed = str(path.assumptions)
    two_headers = "+" in path.source and "the request carries what" in assumed  # `Authorization` has one value
    doubts = ("does not match: it", "the template of ", "is Base64")  # headers decide, or what the back end answers
    plain = not unresolved and not two_headers and not any(doubt in assumed for doubt in doubts)
    return plain and path.symptom.kind in ("none", "http")


def disagreement(cloud, bench, asked, seen=lambda _path, _answer: None):
    """Return what differs for a question; "" if nothing does. `seen` receives each prediction with the answer."""
    sent = sent_for(cloud, asked)
    path = trace_as_sent(cloud, parse(cloud, asked.source, sent.to)) if sent is not None else None
    if path is None or not is_compared(path):
        return ""
    found = answer(bench, cloud, asked, path, sent)
    seen(path, found)
    if bench.cached.status != found.status:
        return f"{asked.source} → {sent.to}: {found.status}, and {bench.cached.status} when it is asked again"
    body = found.body.decode()
    # a connection is open, or a back end asks for one that is not there, or a preflight or the integration is answered
    answered = REACHED in found.body or (found.status in (200, 404) and sent.method == "HEAD")
    reached = found.status in (101, 204, 410) or answered
    if bench.consulted and path.verdict != "unknown" and "the request carries what" not in str(path.assumptions):
        agree = False  # the authorizer decides, and `trace` does not say so
    elif bench.sent and bench.linked not in ((), (bench.sent.authority, bench.sent.target, bench.sent.method)):
        return f"{asked.source} → {sent.to}: {bench.linked} through the link, but the gateway sends {bench.sent}"
    elif path.verdict == "reachable":
        agree = reached
    elif path.verdict == "unknown":
        agree = True
    elif "which is not known" in str(path.assumptions):
        agree = not reached
    else:
        agree = found.status == path.symptom.status and path.symptom.body in ("", body)
    rules = [f"{hop.kind}: {hop.verdict}, {hop.rule}" for hop in path.hops]
    answers = f"trace {path.verdict} {path.symptom.status} {path.symptom.body}, gateway {found.status} {body}"
    return "" if agree else f"{asked.source} → {sent.to}: {answers}\n  {rules}\n  {path.assumptions}"


def loaded(folder, template):
    (folder / "template.json").write_text(json.dumps(template))
    cloud = load([folder / "template.json"])
    return replace(cloud, access=replace(cloud.access, identities=IDENTITIES))


def test_trace_and_gateway_agree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    compared = []

    @drawn_clouds(CLOUDS)
    @given(drawn=questions.examinations(QUESTIONS))
    def on_all(drawn):
        template, asked = drawn
        cloud = loaded(tmp_path, template)
        bench = Apis(cloud)
        differ = [disagreement(cloud, bench, one, lambda path, _: compared.append(path.verdict)) for one in asked]
        assert not any(differ), "\n".join(filter(None, differ))

    on_all()
    assert {*compared} >= {"reachable", "blocked"}


@drawn_clouds(CLOUDS // 4)
@given(drawn=questions.examinations(QUESTIONS))
def test_a_body_means_what_its_resources_mean(tmp_path, drawn):
    template, asked = drawn
    clouds = [loaded(tmp_path, one) for one in (template, bodies.in_bodies(template))]
    for one in asked:
        sent = sent_for(clouds[0], one)
        if sent is not None:
            by_resources, by_body = (trace_as_sent(cloud, parse(cloud, one.source, sent.to)) for cloud in clouds)
            assert _meaning(by_body) == _meaning(by_resources), sent.to


def _meaning(path):
    return path.verdict, path.symptom, [(hop.kind, hop.verdict, hop.code) for hop in path.hops], len(path.assumptions)


@drawn_clouds(CLOUDS // 4)
@given(drawn=questions.examinations(QUESTIONS))
def test_what_trace_assumes_is_needed(tmp_path, drawn):
    template, asked = drawn
    cloud = loaded(tmp_path, template)
    benches = [Apis(cloud), Apis(cloud)]
    benches[1].admits = False
    granted = [f"{one}: {what}" for one in asked for what in needlessly_assumed(cloud, *benches, one)]
    assert not granted, "\n".join(granted)


def needlessly_assumed(cloud, bench, denying, asked):
    """Yield what `trace` assumes about a request, and what the gateway does not need."""
    sent = sent_for(cloud, asked)
    path = trace_as_sent(cloud, parse(cloud, asked.source, sent.to)) if sent is not None else None
    if path is None or not is_compared(path) or path.verdict != "reachable":
        return
    whole = answer(bench, cloud, asked, path, sent)
    shaped = (one.status_code for api in cloud.apis.rest_apis.values() for one in api.gateway_responses.values())
    refusing = {400, 401, 403, 415, 500, *(int(code) for code in shaped if str(code).isdecimal())}
    for lacking in ASSUMED:
        found = answer(bench, cloud, asked, path, sent, lacking)
        if found is not None and found.status not in refusing:
            yield f"{lacking}, but without it {found.status}, with it {whole.status}"
    found = answer(denying, cloud, asked, path, sent)
    if denying.consulted and found.status != 403:
        yield f"the authorizer admits the caller, but {found.status} when it does not"
