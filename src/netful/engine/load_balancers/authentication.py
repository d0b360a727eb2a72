"""Authentication by an application load balancer's listener: what a path assumes about the client, and what it proves."""

from collections.abc import Iterator

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers.bearer_tokens import UNAUTHORIZED, token_in
from netful.engine.load_balancers.error_pages import page
from netful.engine.load_balancers.listeners import Chosen
from netful.model.authentication import SignIn, TokenValidation, sign_in, token_validation
from netful.model.balancing.load_balancers import Action, Listener, LoadBalancer
from netful.model.balancing.mutual_authentication import Mode
from netful.model.cloud import Cloud
from netful.model.core import Unknown


def judged(
    cloud: Cloud, balancer: LoadBalancer, chosen: Chosen, flow: Flow, request: HttpRequest | None
) -> Iterator[Found]:
    """Yield what the chosen actions require of the client."""
    for action in chosen.actions:
        asked, tokens = sign_in(cloud, action), token_validation(action)
        if asked is not None:
            yield from _of_sign_in(balancer, chosen, (action, asked), flow, request)
        elif tokens is not None:
            yield _of_token(balancer, chosen, tokens, flow, request)


def certificate_assumptions(balancer: LoadBalancer, listener: Listener) -> Iterator[Assumption]:
    """Yield the assumption that the client shows a certificate that the listener accepts."""
    asked = listener.mutual_authentication
    if listener.protocol != "HTTPS":
        return
    if isinstance(asked.mode, Unknown):
        yield Assumption(
            f"the mode of mutual TLS at {balancer.id}:{listener.port} lets the client in: {asked.mode.why}"
        )
    elif asked.mode is Mode.VERIFY:
        store = asked.trust_store_id or "its trust store"
        yield Assumption(
            f"the client shows a certificate of an authority of {store} to {balancer.id}: others' TLS handshake fails"
        )


def called(cloud: Cloud, action: Action) -> tuple[str, ...]:
    """Return the known URLs that a load balancer calls for an action, from its nodes."""
    asked, tokens = sign_in(cloud, action), token_validation(action)
    urls = (asked.token_endpoint, asked.user_info_endpoint) if asked else (tokens.jwks_endpoint,) if tokens else ()
    return tuple(url for url in urls if url)


def _of_sign_in(
    balancer: LoadBalancer, chosen: Chosen, asks: tuple[Action, SignIn], flow: Flow, request: HttpRequest | None
) -> Iterator[Found]:
    """Yield the assumption that the client has signed in, for actions that do not admit other clients.

    An action that denies them never signs a client in: a request without the cookie of a session is refused.
    """
    action, asked = asks
    if (
        asked.otherwise == "deny"
        and request is not None
        and f"{asked.cookie}-" not in (_header(request, "cookie") or "")
    ):
        why = f"the request has no session of {action.type}"
        yield _unauthorized(balancer, chosen, flow, why, Code.NETFUL_LISTENER_WITHOUT_SESSION)
    elif asked.otherwise != "allow":
        others = "get 401" if asked.otherwise == "deny" else f"are sent to {asked.endpoint or 'the identity provider'}"
        yield Assumption(f"the client has signed in ({action.type} of {balancer.id}): others {others}")


def _header(request: HttpRequest, name: str) -> str | None:
    """Return a header of a request, "" without it; None if it is not known."""
    values = request.values_of(name)
    value = next(iter(values), "") if values is not None else None
    return None if isinstance(value, Unknown) else value


def _unauthorized(balancer: LoadBalancer, chosen: Chosen, flow: Flow, why: str, code: Code) -> Finding:
    rule = f"answers {UNAUTHORIZED}: {why}"
    ruling = Ruling("deny", chosen.rule or balancer.id, rule, code, chosen.origin)
    return Finding(HopKind.LISTENER, flow, ruling, GatewayAnswer(UNAUTHORIZED, page(UNAUTHORIZED)))


def _of_token(
    balancer: LoadBalancer, chosen: Chosen, tokens: TokenValidation, flow: Flow, request: HttpRequest | None
) -> Found:
    issuer = tokens.issuer or "its issuer"
    given = None if request is None else _header(request, "authorization")
    if given is None or token_in(given):
        keys = tokens.jwks_endpoint or "the issuer's keys"
        return Assumption(
            f"the client has a token of {issuer} that {balancer.id} validates by {keys}: others get {UNAUTHORIZED}"
        )
    why = f"the request has no token of {issuer}"
    return _unauthorized(balancer, chosen, flow, why, Code.NETFUL_LISTENER_UNAUTHORIZED)
