"""A gateway over a drawn cloud of APIs, and the request that a question about it means, with what `trace` assumes about it."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from netful.engine.admission.requests import METHOD_OVERRIDE, ApiRequest, destination, steps
from netful.engine.authorization.api_keys import value_of
from netful.engine.authorization.callers import Caller
from netful.engine.authorization.sessions import Credentials, keys_of
from netful.engine.names import api_names
from netful.engine.names.endpoint_names import regional_name
from netful.engine.usage.throttles import memberships
from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import Invocation, Usage
from netful.gateway.integrations.streaming import gathered
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.access.identity import Identity
from netful.model.apis.api import Authorization, Protocol
from netful.model.apis.client_certificate import ClientCertificate
from netful.model.core import Frozen
from netful.model.names.generated.function_url import url_host
from netful.services.http.message import ClientConnection, Request, Response
from tests.helpers import url_bench
from tests.helpers.draw_apis import questions, templates
from tests.helpers.gateway_bench import INTERNET, Bench, signed_headers

IN_VPC = "10.0.1.77"
REACHED = b"reached"
ISSUER, POOL = "https://i.example", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abcdefghi"
POLICY = {"Statement": [{"Effect": "Allow", "Action": ["execute-api:*", "lambda:InvokeFunctionUrl"], "Resource": "*"}]}
ALLOWED, DENIED = ({"Effect": effect, "Action": "execute-api:Invoke", "Resource": f"arn:aws:execute-api:*:*:*/{where}"}
                   for effect, where in (("Allow", "live/*"), ("Deny", "*/GET/a/*")))  # fmt: skip
POLICIES = {"Narrow": {"Statement": [ALLOWED, DENIED]}}
IDENTITIES = {
    name: Identity(name, arn, f"AKIA{name}", "secret", policy=POLICIES.get(name, POLICY))
    for name, arn in templates.USERS.items()
}
VALID = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
CERTIFICATE = ClientCertificate("", "", "CN=client", "CN=authority", "1", *VALID)
HANDSHAKE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


KEY, IDENTITY, CONTENT_TYPE, PARAMETERS = ASSUMED = (
    "carries an API key of",
    "the request carries what",
    "template for: application/xml",
    "the request has what",
)
"""Assumptions about a request that `completed` fulfils."""


class Sent(Frozen):
    """A request as the client sends it, and the TO of the question about it."""

    to: str
    host: str
    method: str
    target: str
    headers: dict[str, str]


async def _pieces(*pieces):
    for piece in pieces:
        yield piece


class Apis(Bench):
    """A bench whose authorizer admits every caller, with a `key`, or none, and whose other functions and web servers answer.

    `failure` is the message or the status with which they fail; `canary` has the canary of a stage serve. `consulted`: the
    authorizer was asked. `sent` is the last request through a VPC link, `cached` the answer if it is asked
    again, by the plan of requests like it.
    """

    key = failure = ""
    canary = consulted = False
    admits = True
    sent = linked = cached = None

    def __init__(self, cloud):
        super().__init__(cloud, draw=lambda: 0.0 if self.canary else 0.99)
        self.simple = cloud.apis.by_id["Http"].authorizers["Simple"].enable_simple_responses

    async def invoke(self, function_id, event, *_more, **_named):
        done = {"statusCode": 200, "body": REACHED.decode()}
        if function_id == "Who":
            self.consulted = True
            effect = "Allow" if self.admits else "Deny"
            statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            simple = self.simple and json.loads(event).get("version") == "2.0"
            done = {"principalId": "me", "policyDocument": policy, "usageIdentifierKey": self.key}
            done = {"isAuthorized": self.admits} if simple else done
        elif self.failure:
            payload = json.dumps({"errorMessage": self.failure, "errorType": REACHED.decode()}).encode()
            return Invocation("id", payload, "Unhandled", b"", Usage(1, None, 1))
        return Invocation("id", json.dumps(done).encode(), None, b"", Usage(1, None, 1))

    async def invoke_streaming(self, *_invocation, **_more):
        return Response(200, (("Content-Type", "text/plain"),), stream=_pieces(b"{}" + b"\0" * 8 + REACHED))

    async def call_host(self, _host, _request):
        return Response(int(self.failure or 200), (), b"<reached/>")

    async def send(self, request):
        if request.host.endswith(".internal") and request.link is None:  # a link leads past names
            raise UnreachableError("no such host", misconfigured=True)
        self.sent = request if request.link is not None else None
        return Response(int(self.failure or 200), (), REACHED)

    async def send_streaming(self, request):
        return await self.send(request)


def sent_for(cloud, asked):
    """The request that a question is about; None if the way does not exist here."""
    if asked.api == "Url":
        host = url_host(cloud.aws_id("Url"), cloud.region)
        return Sent(f"https://{host}{asked.path}", host, "GET", asked.path or "/", {})
    api = cloud.apis.by_id[asked.api]
    own, path = api_names.host_of(cloud, api), asked.path or "/"
    if asked.way in questions.METHODS:
        words = " ".join(f"{name}: {value}" for name, value in asked.headers)
        return Sent(f"{asked.api} {asked.way} {path} {words}".strip(), own, asked.way, path, dict(asked.headers))
    if asked.way == "capitals" and asked.source not in questions.OUTSIDE[:2]:
        return None  # a client signs the Host that it sends, which the signer of the test does not
    if asked.way in templates.DOMAINS and not api_names.domains_named(cloud, asked.way):
        return None
    regional = regional_name(cloud, cloud.network.vpc_endpoints[asked.door])
    associated = api_names.associated_host(cloud, api, asked.door)
    named, host, more = {
        "own": (own, own, {}),
        "port": (f"{own}:443", own, {}),  # clients leave the default port out of `Host`
        "capitals": (own, f"{own.upper()}.", {}),
        "endpoint name": (regional, own, {}),
        "header": (regional, regional, {"x-apigw-api-id": cloud.aws_id(api.id)}),
        "associated": (associated, associated, {}),
    }.get(asked.way, (asked.way, asked.way, {}))
    headers = more | dict(asked.headers)
    written = {} if host == named.removesuffix(":443") else {"Host": host}
    words = " ".join(f"{name}: {value}" for name, value in (written | headers).items())
    return Sent(f"https://{named}{asked.path} {words}".strip(), host, "GET", path, headers)


def token(issuer, use):
    claims = {"iss": issuer, "aud": "me", "client_id": "me", "token_use": use, "scope": "orders/read", "exp": 1_700_000_600}  # fmt: skip
    parts = ('{"alg": "RS256"}', json.dumps(claims), "s")
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def signing_keys(cloud, source, route):
    """The keys of a client that signs; a function does so where the route requires it."""
    identity = IDENTITIES.get(source.rpartition("+")[2].replace("signed", "Own"))
    if identity is not None:
        return Credentials(identity.access_key_id, "secret", "")
    required = route is not None and route.authorization_type is Authorization.AWS_IAM
    return keys_of(cloud.compute.functions["Caller"]) if source == "Caller" and required else None


def key_of(cloud, stage):
    """The value of an enabled key of a stage, from a plan that has no limits if there is one; "" without a key."""
    members = memberships(cloud, stage) if stage is not None else ()
    members = sorted(members, key=_limits)
    keys = [cloud.apis.api_keys[key] for member in members for key in member.plan.key_ids]
    return next((value_of(key) for key in keys if key.enabled), "")


def _limits(member):
    """Whether the plan of a member admits nothing, and whether it has limits."""
    quota = member.plan.quota
    return quota is not None and quota.limit == 0, bool(member.plan.throttle or member.stage.methods)


def door_of(path, asked):
    """The endpoint that a request of a client inside the VPC reaches, by its name."""
    reached = [hop.component for hop in path.hops if hop.kind == "endpoint"]
    return reached[-1] if asked.source == "Caller" and reached else asked.door


def completed(cloud, path, meant, sent, lacking=""):
    """The target, headers and body of a request that has what a path assumes, except for one of the ASSUMED."""
    assumed = " ".join(path.assumptions)
    additions = (
        (KEY, {"x-api-key": key_of(cloud, meant.stage)}, ""),
        (IDENTITY, *_identity(assumed, meant, sent)),
        (CONTENT_TYPE, {"Content-Type": "application/xml"}, ""),
        (PARAMETERS, {"X-Need": "yes"}, "need=yes"),
    )
    headers, query = dict(sent.headers), []
    for words, own, argument in additions:
        if words in assumed and words != lacking:
            headers |= own
            query += [argument] if argument else []
    if meant.came.api is not None and meant.came.api.protocol is Protocol.WEBSOCKET:
        headers |= HANDSHAKE
    target = "".join((sent.target, "&" if "?" in sent.target and query else "?" if query else "", "&".join(query)))
    status = 404 if "a response for: `4.4`" in assumed else 200
    body = b'{"statusCode": %d}' % status if "the body of the request has" in assumed else b""
    body = b'{"text": "x"}' if "maps to MessageBody" in assumed and lacking != PARAMETERS else body
    fits = "a body of model" in assumed and lacking != PARAMETERS
    return target, headers, b'{"id": 1, "statusCode": %d}' % status if fits else body


def _identity(assumed, meant, sent):
    """The headers and the argument that an authorizer needs."""
    api, authorizer = meant.came.api, str(meant.route and meant.route.authorizer_id)
    found = api.authorizers.get(authorizer) if api is not None else None
    sources = str(found.identity_source) if found is not None and found.type == "REQUEST" else "header"
    by_query = "querystring" in sources and "who=" not in sent.target
    scopes = meant.route is not None and meant.route.authorization_scopes
    bearer = token(POOL if POOL in assumed else ISSUER, "access" if scopes else "id")
    return {"X-Who": "I", "Authorization": bearer} if "header" in sources else {}, "who=I" if by_query else ""


def answer(bench, cloud, asked, path, sent, lacking=""):
    """The gateway's answer to the request that a path is about. It may lack one of the ASSUMED; None if it has that by itself."""
    bench.failure, bench.consulted, bench.sent = "", False, None
    if asked.api == "Url" and lacking:
        return None
    if asked.api == "Url":
        bench.cached = asyncio.run(_of_url(bench, cloud, asked.source, sent))
        return bench.cached
    inside = asked.source in questions.INSIDE
    client = IN_VPC if inside else asked.source.partition("+")[0]
    if asked.source == "Caller":
        client = str(cloud.network.interfaces_of("Caller")[0].private_ip_address)
    known = {name.lower(): value for name, value in sent.headers.items()}
    host, method = sent.host.lower().rstrip("."), known.get(METHOD_OVERRIDE, sent.method)
    api_id = known.get("x-apigw-api-id", "")
    request = ApiRequest(host, method, sent.target.partition("?")[0], api_id, headers=tuple(known.items()))
    endpoint = door_of(path, asked) if inside else None
    meant = destination(cloud, request, Caller(endpoint))
    target, headers, body = completed(cloud, path, meant, sent, lacking)
    keys = signing_keys(cloud, asked.source, meant.route)
    if lacking and (keys is not None or (target, headers, body) == completed(cloud, path, meant, sent)):
        return None
    if keys is not None and "Authorization" not in headers:
        headers |= signed_headers(keys, sent.method, f"https://{sent.host}{target}", body, at=bench.time.now)
    door = Door(DoorKind.ENDPOINT, "Vpc", endpoint_id=endpoint) if endpoint else INTERNET
    assumed = " ".join(path.assumptions)
    shown = replace(CERTIFICATE, shown_to=meant.came.domain.id) if "a certificate of an authority" in assumed else None
    connection = ClientConnection(door, (client, 4711), ("198.18.0.1", 443), tls=True, client_certificate=shown)
    bench.key = key_of(cloud, meant.stage)
    bench.canary = "is one of the" in assumed
    bench.failure = "404" if "has a response for: `4.4`" in assumed else ""
    asking = Request(sent.method, target, (("Host", sent.host), *headers.items()), body, connection)

    async def answered(by):
        return await gathered(await by(asking))

    found = asyncio.run(answered(bench.gateway.at_length))
    bench.cached = asyncio.run(answered(bench.gateway.handle))
    path, _, query = target.partition("?")
    bench.linked = _through_link(cloud, replace(request, path=path, query=query), meant) if bench.sent else ()
    return found


def _through_link(cloud, request, meant):
    """The request through a VPC link that `trace` predicts: its Host, target and method; () if it is not known."""
    sent = next((found.sent for found in steps(cloud, request, Caller()) if found.link), None)
    known = sent is not None and meant.stage.canary is None
    return (sent.host, sent.path, sent.method) if known else ()


async def _of_url(bench, cloud, source, sent):
    url = f"https://{sent.host}{sent.target}"
    return await gathered(await url_bench.asked(cloud, bench.invoke, REACHED, url, signing_keys(cloud, source, None)))
