"""A request as policies see it: its ARN, its caller and source, and the ruling of one policy (§2.6).

An API's policy sees the signer only if the method requires a signature.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.apis.door import Arrival
from netful.engine.apis.websocket_routes import manages_connections
from netful.engine.authorization import header_keys
from netful.engine.authorization.sessions import STATES, Session
from netful.engine.http.headers import Headers
from netful.engine.iam import authorization as iam
from netful.engine.iam import policies, source_context
from netful.engine.iam.role_sessions import boundary_of, caller_of_identity, known_statements
from netful.model.access.identity import Identity
from netful.model.apis.api import ApiEndpointType, ApiRoute, Authorization, RestApi
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Role
from netful.model.names.arns import aws_arn
from netful.model.names.generated.private_domains import invoked_arn

ACTION = "execute-api:Invoke"
MANAGE = "execute-api:ManageConnections"

_VIA_DOMAIN = "execute-api:viaDomainArn"

_ONLY_OF_USERS = frozenset({"aws:username"})
_ONLY_SIGNED = _ONLY_OF_USERS | {
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag",
    "aws:PrincipalType",
    "aws:userid",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:TokenIssueTime",
}


class Caller(Frozen):
    """The caller of a request, and its source.

    `endpoint_id` is the endpoint that the request came through, None for the public front. `source_ip` is the address that the
    gateway sees, "" if it is not known. `signed`: the request carries IAM credentials; None means that it does if the route
    requires them. `identity` or `session` are their owner, if known; another one is of this account.
    `withheld` are headers, in lower case, that do not arrive, whatever the client sends. `at` is the moment of the request in
    seconds since 1970, None if it is not known.
    """

    endpoint_id: str | None = None
    source_ip: str = ""
    signed: bool | None = None
    session: Session | None = None
    identity: Identity | None = None
    withheld: frozenset[str] = frozenset()
    at: float | None = None

    @property
    def role(self) -> Role | None:
        """Return the role with whose credentials it signs, None if that is not known."""
        return self.session.role if self.session else None

    @property
    def service(self) -> str:
        """Return the ARN of the resource for which an AWS service signs, which only the API's own policy admits; "" for others."""
        return self.session.caller.arn if self.session and self.session.caller.party else ""

    @property
    def signer(self) -> iam.Caller | None:
        """Return the signer by its names in policies, None if it is not known."""
        if self.identity is not None:
            return caller_of_identity(self.identity)
        return self.session.caller if self.session and self.role else None


def keys_of_source(cloud: Cloud, caller: Caller, headers: Headers) -> dict[str, str]:
    """Return the condition keys that follow from the source, the moment and the headers of a request, with or without a signer."""
    moment = {} if caller.at is None else source_context.at(caller.at)
    context = {"aws:SecureTransport": "true", **source_context.BY_ITSELF, **header_keys.values(headers), **moment}
    endpoint_id = caller.endpoint_id
    if endpoint_id is None:
        return context | ({"aws:SourceIp": caller.source_ip} if caller.source_ip else {})
    if isinstance(cloud.template.parameters.get(endpoint_id), Unknown):
        return context  # the caller is at an endpoint whose id is a parameter without a value
    endpoint = cloud.network.vpc_endpoints.get(endpoint_id)
    foreign = {"aws:SourceVpce": endpoint_id}
    context |= source_context.through(cloud, endpoint) if endpoint else foreign
    return context | ({"aws:VpcSourceIp": caller.source_ip} if caller.source_ip else {})


def absent_from_source(caller: Caller, *, whole: bool) -> frozenset[str]:
    """Return the condition keys that a request lacks by its source; `whole`: all its headers are known."""
    through = caller.endpoint_id is not None
    where = source_context.ABSENT_THROUGH_ENDPOINT if through else source_context.ABSENT_PAST_ENDPOINT
    return where | header_keys.HEADERS.keys() if whole else where


def seen_by_authorizers(cloud: Cloud, caller: Caller, headers: Headers, arn: str) -> policies.PolicyRequest:
    """Return a request with all its headers as the policy that a Lambda authorizer returns sees it: without a signer."""
    absent = _ONLY_SIGNED | {_VIA_DOMAIN} | absent_from_source(caller, whole=True)
    return policies.PolicyRequest(ACTION, arn, context=keys_of_source(cloud, caller, headers), absent=absent)


class AuthorizationRequest(Frozen):
    """A request with all the facts that policies refer to. `whole`: it has no other headers than `headers` that they refer to."""

    cloud: Cloud
    caller: Caller
    came: Arrival
    stage: Stage | None
    method: str
    path: str
    route: ApiRoute | None
    headers: Headers = ()
    whole: bool = False

    @property
    def arn(self) -> str:
        """ARN of the request; it contains the request's path, not the route's."""
        stage = self.stage.stage_name if self.stage and isinstance(self.stage.stage_name, str) else ""
        path = f"{stage}/{self.method}/{self.path.lstrip('/')}"
        if not stage:
            first, _, rest = self.path.strip("/").partition("/")
            path = f"{first}/{self.method}/{rest}"
        region = self.came.api.region if self.came.api else self.cloud.region
        return aws_arn("execute-api", region, self._account_id, f"{self.cloud.aws_id(self.came.api_id)}/{path}")

    @property
    def _account_id(self) -> str:
        return self.cloud.account_of(self.came.api_id)

    @property
    def action(self) -> str:
        """IAM action that the caller needs."""
        return MANAGE if manages_connections(self.route) else ACTION

    def policy_allows(self) -> bool:
        """Return whether the API's own policy allows the request, whatever the signer's own policies are."""
        return self._direct_decision().outcome == "allow"

    def _direct_decision(self) -> policies.Decision:
        """Return the decision of the API's own policy on the signer itself: one on its account leaves it to the signer's policies."""
        api = self.came.api
        if not isinstance(api, RestApi) or not isinstance(api.policy, Mapping):
            return policies.Decision("deny")
        named, signer = self._named_to_policy() and self.caller.signed is not False, self.caller.signer
        request = self._asked(named=named)
        if named and not self.caller.service:
            names = self._direct_names(signer) if signer else ()
            request = replace(request, principal="*", principals=names, account="")
        return policies.evaluate(api.policy, request)

    def _decided_by_account(self) -> bool:
        """Return whether the API's own policy allows the signer by its account alone, which leaves it to the signer's policies."""
        api = self.came.api
        policy = api.policy if isinstance(api, RestApi) and isinstance(api.policy, Mapping) else {}
        return self._decide(policy, named=self._named_to_policy()).outcome == "allow" and not self.policy_allows()

    def _direct_names(self, signer: iam.Caller) -> tuple[str, ...]:
        """Return the names by which the API's policy allows a signer: past a permissions boundary, that of its session."""
        limited = signer.boundary and policies.evaluate(signer.boundary, self._own_request()).outcome == "deny"
        return signer.names[:1] if limited else signer.names

    def _is_of_another_account(self) -> bool:
        """Return whether the route requires a signature and the caller is of another account than the API."""
        signer, signs = self.caller.signer, self.route and self.route.authorization_type is Authorization.AWS_IAM
        return bool(signs) and signer is not None and signer.account_id != self._account_id

    def _own_decision(self) -> policies.Decision:
        """Return the decision of the caller's own policies, as far as they are known."""
        role, identity = self.caller.role, self.caller.identity
        document = identity.policy if identity else {"Statement": [*known_statements(role)]} if role else None
        if document is None:
            return policies.Decision("unknown")
        asked = self._own_request()
        own = policies.evaluate(document, asked)
        limit = boundary_of(role) if role and not identity else None
        within = policies.evaluate(limit, asked) if limit and not (own.outcome == "deny" and own.statement) else own
        return own if within.outcome == "allow" else within

    def _own_request(self) -> policies.PolicyRequest:
        """Return the request as policies of the caller see it."""
        context, absent = self._context(named=True), self._absent(named=True)
        return policies.PolicyRequest(self.action, self.arn, context=context, absent=absent)

    def _who(self) -> str:
        whose = self.caller.identity or self.caller.role
        return whose.id if whose else "the caller"

    def _user(self) -> str:
        """Return the caller's name in a denial."""
        role, identity = self.caller.role, self.caller.identity
        if self.route is None or self.route.authorization_type is not Authorization.AWS_IAM:
            return "anonymous"
        if identity is not None:
            return identity.caller_arn
        return self.cloud.arn("sts", f"assumed-role/{role.role_name}", self.came.api_id) if role else "anonymous"

    def _decide(self, policy: Mapping[str, Any], *, named: bool) -> policies.Decision:
        """Return the decision of a policy; `named`: the policy sees the signer."""
        return policies.evaluate(policy, self._asked(named=named and self.caller.signed is not False))

    def _asked(self, *, named: bool) -> policies.PolicyRequest:
        """Return the request as policies of resources see it; `named`: they see the signer."""
        signer = self.caller.signer
        return policies.PolicyRequest(
            action=ACTION,
            resource=self.arn,
            principal="anonymous",
            account=self._account_id if named and signer is None else "",
            principals=(*signer.names, *signer.delegates) if named and signer else (),
            parties=(STATES,) if self.caller.service else (),
            context=self._context(named=named),
            absent=self._absent(named=named),
        )

    def _named_to_policy(self) -> bool:
        """Return whether the API's own policy sees the signer: only if the method, where one exists, requires it (§2.6)."""
        if self.route is None:
            return self.caller.signed is True
        return self.route.authorization_type is Authorization.AWS_IAM

    def _signs(self) -> bool:
        """Return whether the request is signed: explicitly, or because the route requires it."""
        iam = self.route is not None and self.route.authorization_type is Authorization.AWS_IAM
        return self.caller.signed is True or iam

    def _absent(self, *, named: bool) -> frozenset[str]:
        where = absent_from_source(self.caller, whole=self.whole)
        if self.came.domain is None and self.came.api is not None:
            where |= {_VIA_DOMAIN}
        if not named:
            return _ONLY_SIGNED | where
        identity, signer = self.caller.identity, self.caller.signer
        if identity is None:
            return where | signer.absent if signer else where
        return where | _ONLY_OF_USERS if identity.is_role else where

    def _via_domain(self) -> dict[str, str]:
        """Return the key of the private domain name that the request came by (§2.4)."""
        domain, cloud = self.came.domain, self.cloud
        if (
            domain is None
            or domain.endpoint_type is not ApiEndpointType.PRIVATE
            or not isinstance(domain.domain_name, str)
        ):
            return {}
        place = cloud.account_of(domain.id), cloud.region_of(domain.id)
        return {_VIA_DOMAIN: invoked_arn(*place, domain.domain_name, cloud.aws_id(domain.id))}

    def _context(self, *, named: bool) -> dict[str, str]:
        context = keys_of_source(self.cloud, self.caller, self.headers) | self._via_domain()
        if self.caller.service:
            context |= {"aws:SourceArn": self.caller.service, "aws:SourceAccount": self.cloud.account_id}
        identity = self.caller.identity
        if named and identity is not None:
            kind = "AssumedRole" if identity.is_role else "User"
            who = {"aws:PrincipalArn": identity.arn, "aws:PrincipalAccount": identity.account_id}
            who |= {} if identity.is_role else {"aws:username": identity.arn.rpartition("/")[2]}
            whose = {"aws:PrincipalOrgID": identity.organization} if identity.organization else {}
            context |= {**who, **whose, "aws:PrincipalType": kind}
        elif named and self.caller.signer is not None:
            context |= self.caller.signer.keys
        return context
