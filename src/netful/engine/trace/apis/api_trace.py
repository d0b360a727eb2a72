"""The part of a path behind API Gateway: its decisions about the request as hops, and the response that the caller gets.

The walk of the packets determines the caller: the endpoint that they reached, and their source address there. A function
or task signs requests with its role. A client on the internet does not sign, unless it is a declared identity. The path through
a VPC link continues in the link's VPC. API Gateway is in no VPC, so a web server's name must be in public DNS.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.admission import requests
from netful.engine.admission.invocation import passed_on
from netful.engine.admission.requests import ApiRequest
from netful.engine.apis import canaries, gateway_responses
from netful.engine.authorization import sessions
from netful.engine.authorization.callers import Caller
from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.flow import network_of, single_address
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import INTERNAL_ERROR, GatewayAnswer, ResponseType
from netful.engine.http.http_request import HttpRequest
from netful.engine.integrations import link_protocols
from netful.engine.load_balancers import error_pages
from netful.engine.names import resolution
from netful.engine.network.walk import Walk
from netful.engine.trace import certificates
from netful.engine.trace.apis import api_links
from netful.engine.trace.ends.destinations import HostDestination, Service
from netful.engine.trace.ends.source_words import network_or_none
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.apis.api import Api, ApiRoute, Authorization, RestApi
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud

_UNSIGNED = (Outside.INTERNET, Outside.INTERNET6)


def judge(walk: Walk, source: Source, request: ApiRequest) -> dict[int, Symptom]:
    """Add API Gateway's findings to a walk; return the caller's symptom for each denying hop, by the hop's number.

    Of a stage and its canary, the one that is worse for the client counts.
    """
    caller = _caller(walk, source)
    meant = requests.destination(walk.cloud, request, caller)
    share = canaries.share_of(meant.stage)
    if meant.stage is None or share is None:
        return _judged(walk, caller, request)
    ways = {canary: Walk(walk.cloud, walk.journey, walk.trail.copy()) for canary in share.ways}
    answers = {canary: _judged(way, caller, replace(request, canary=canary)) for canary, way in ways.items()}
    refusals = {canary: way.refusals() for canary, way in ways.items()}
    canary = max(ways, key=refusals.__getitem__)
    walk.become(ways[canary])
    differs = len({*refusals.values()}) > 1
    walk.trail.note(Assumption(text) for text in share.assumed(canary, differs=differs))
    return answers[canary]


def _judged(walk: Walk, caller: Caller, request: ApiRequest) -> dict[int, Symptom]:
    answers: dict[int, Symptom] = {}
    meant = requests.destination(walk.cloud, request, caller)
    nameless = _is_nameless(caller, meant.route)
    for finding in requests.steps(walk.cloud, request, caller):
        said = note(walk, finding, meant.came.api, meant.route)
        names = nameless and finding.answer is not None and finding.answer.response_type is ResponseType.ACCESS_DENIED
        answers |= {number: replace(symptom, body="") if names else symptom for number, symptom in said.items()}
    return answers


def _is_nameless(caller: Caller, route: ApiRoute | None) -> bool:
    """Return whether a refusal by a policy names a signer who is not known."""
    signs = route is not None and route.authorization_type is Authorization.AWS_IAM and caller.signed is not False
    return signs and caller.role is None and caller.identity is None


def note(walk: Walk, finding: Finding, api: Api | None = None, route: ApiRoute | None = None) -> dict[int, Symptom]:
    """Add a finding to a walk, with the path behind it; return the caller's symptom for each hop that then denies."""
    before = len(walk.trail.hops)
    walk.trail.note((finding,))
    if finding.link is not None:
        _follow_link(walk, finding.link, finding.sent)
    elif finding.host:
        walk.trail.note(_web_server(walk.cloud, finding.host))
    if finding.answer is None:
        return {}
    lost = (hop.n for hop in walk.trail.hops[before:] if hop.verdict == "deny")
    said = gateway_responses.predicted(api, finding.answer)
    answers = dict.fromkeys(lost, Symptom("http", said.status, said.body))
    if finding.link is None:
        return answers
    answers |= _of_balancers(walk, finding.link, api, route, after=before + 1)
    wrong = gateway_responses.predicted(api, INTERNAL_ERROR if isinstance(api, RestApi) else finding.answer)
    named = (hop for hop in walk.trail.hops[before:] if hop.code is Code.NETFUL_TLS_NAME_MISMATCH)
    return answers | {hop.n: Symptom("http", wrong.status, wrong.body) for hop in named}


def _follow_link(walk: Walk, link: Integration, sent: HttpRequest | None) -> None:
    """Follow what API Gateway sends through a VPC link; it checks the certificate that it receives there."""
    if sent is None:
        walk.trail.note((Assumption(f"no listener rule has conditions on what {link.id} maps"),))
    legs, name = len(walk.journey.legs), link_protocols.checked_name(link)
    walk.take(api_links.first_step(walk.cloud, replace(walk.journey, request=sent), link))
    if name and len(walk.journey.legs) > legs:
        called = HostDestination(name, Service(), name, secure=True)
        walk.trail.note(certificates.judge(walk.cloud, walk.journey, called))


def _of_balancers(
    walk: Walk, link: Integration, api: Api | None, route: ApiRoute | None, *, after: int
) -> dict[int, Symptom]:
    """Return the caller's symptom for each hop, after that many, where a load balancer behind a link itself answers."""
    if api is None or route is None:
        return {}
    pages = error_pages.answers(walk.cloud, walk.trail, after=after)
    answers = {n: GatewayAnswer(page.status or 0, page.body) for n, page in pages.items()}
    passed = {n: passed_on(api, route, link, answer) for n, answer in answers.items()}
    return {n: Symptom("http", answer.status, answer.body) for n, answer in passed.items()}


def is_signed(walk: Walk, source: Source) -> bool | None:
    """Return whether the requests of a source carry IAM credentials; None means that the destination decides."""
    declared = source.identity in walk.cloud.access.identities
    return False if source.outside in _UNSIGNED and not declared else source.signed


def _web_server(cloud: Cloud, host: str) -> Iterator[Found]:
    """Yield a refusal if the web server's name is not in public DNS, or leads into a VPC; one of the cloud's own is assumed to answer."""
    answer, written = resolution.resolve(cloud, None, host), network_or_none(host)
    addresses = [*map(network_of, answer.addresses)] if written is None else [written]
    remedy = f"ask `{host}` by a public name, or by a VPC link: API Gateway is in no VPC"
    if answer.status == "NXDOMAIN":
        refused = Ruling("deny", "dns", "no such name", answer.code, answer.origin, remedy=remedy)
        yield Finding(HopKind.NAME, host, refused)
        return
    if answer.private or (addresses and not any(map(is_public, addresses))):
        rule = f"{addresses[0].network_address}, which is private" if addresses else "private addresses"
        yield Finding(
            HopKind.NAME, host, Ruling("deny", "dns", rule, Code.NETFUL_PRIVATE_ADDRESS, answer.origin, remedy=remedy)
        )
        return
    if answer.status == "UNKNOWN":
        yield Assumption(f"{host} leads to a web server on the internet")
    interfaces = (cloud.network.public_interface(one.network_address) for one in addresses)
    for owner in dict.fromkeys(one.owner_id for one in interfaces if one is not None):
        yield Assumption(f"{owner} admits the requests of API Gateway, which come from the internet")


def _caller(walk: Walk, source: Source) -> Caller:
    endpoint_id = source.endpoint_id or walk.journey.endpoint_id
    identity = walk.cloud.access.identities.get(source.identity)
    session = sessions.session_of(walk.cloud, source.name) if identity is None else None
    request = walk.journey.request
    withheld = request.withheld if request is not None else frozenset()
    return Caller(endpoint_id, _source_ip(walk, source), is_signed(walk, source), session, identity, withheld)


def _source_ip(walk: Walk, source: Source) -> str:
    """Return the source address of the packets at their destination; "" for Lambda's own network, which has many addresses."""
    address = walk.journey.flow.source.address if walk.journey.flow else None
    clients = walk.cloud.access.clients.get(source.name)
    if clients is not None and address == clients.addresses:
        return str(clients.hosts[0])
    return single_address(address) if source.outside is not Outside.LAMBDA else ""
