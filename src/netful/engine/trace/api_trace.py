"""The part of a path behind API Gateway's door: its judgement of the request as hops, with what the caller sees.

What the packets' walk has found tells who calls: the endpoint they came to, the address they bear there. A function's
role tells what its signature may do; a client on the internet has no signature, unless it is a declared identity's. A VPC link
leads on into its VPC; the name of a web server must be one of public DNS, since API Gateway asks from outside any VPC.
"""

from __future__ import annotations

from netful.engine.admission import requests
from netful.engine.admission.requests import ApiRequest
from netful.engine.authorization.callers import Caller
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import Answer
from netful.engine.names import resolution
from netful.engine.network.walk import Walk
from netful.engine.trace import api_links
from netful.engine.trace.places import Outside, Start

_UNSIGNED = (Outside.INTERNET, Outside.INTERNET6)


def judge(walk: Walk, start: Start, request: ApiRequest) -> dict[int, Symptom]:
    """Add API Gateway's steps to a walk; gives what the caller sees for each that denies, by the hop's number."""
    answers: dict[int, Symptom] = {}
    for step in requests.steps(walk.cloud, request, _caller(walk, start)):
        walk.trail.rule(step.kind, step.asks, step.ruling)
        if step.answer is not None and step.ruling.verdict == "deny":
            answers[walk.trail.hops[-1].n] = _symptom(step.answer)
        if step.answer is not None and (step.link is not None or step.host):
            before = len(walk.trail.hops)
            if step.link is not None:
                api_links.follow(walk, step.link)
            else:
                _find(walk, step.host)
            lost = (hop.n for hop in walk.trail.hops[before:] if hop.verdict == "deny")
            answers.update(dict.fromkeys(lost, _symptom(step.answer)))
    return answers


def _find(walk: Walk, host: str) -> None:
    """Say so where public DNS has no such name."""
    answer = resolution.resolve(walk.cloud, None, host)
    if answer.status == "NXDOMAIN":
        remedy = f"ask `{host}` by a public name, or by a VPC link: API Gateway is in no VPC"
        ruling = Ruling("deny", "dns", "no such name", answer.code, answer.origin, remedy=remedy)
        walk.trail.rule(HopKind.NAME, host, ruling)


def _symptom(answer: Answer) -> Symptom:
    return Symptom("http", answer.status, answer.body)


def _caller(walk: Walk, start: Start) -> Caller:
    endpoint_id = start.endpoint_id or walk.endpoint_id
    identity = walk.cloud.access.identities.get(start.identity)
    signed = False if start.outside in _UNSIGNED and identity is None else start.signed
    function = walk.cloud.compute.functions.get(start.name)
    role = walk.cloud.access.role_of(function) if function is not None and identity is None else None
    return Caller(endpoint_id, _source_ip(walk, start), signed, role, identity)


def _source_ip(walk: Walk, start: Start) -> str:
    """The address that the packets bear where they arrive; Lambda's own network has many."""
    address = walk.legs[-1].flow.source.address if walk.legs else None
    clients = walk.cloud.access.clients.get(start.name)
    if clients is not None and address == clients.addresses:
        return str(clients.hosts[0])
    single = address is not None and address.prefixlen == address.max_prefixlen
    return (
        str(address.network_address) if address is not None and single and start.outside is not Outside.LAMBDA else ""
    )
