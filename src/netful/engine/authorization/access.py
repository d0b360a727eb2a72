"""Access: the policies on the way and the route's authorization, combined as in AWS (§2.6).

| authorization | with a resource policy | without one |
|---|---|---|
| NONE | an Allow is needed | public APIs: allowed; private ones: denied |
| AWS_IAM, same account | no Deny, and an Allow by either side | the identity's policy alone |
| AWS_IAM, other account | no Deny, and an Allow by both sides | denied; so always for HTTP APIs, which have no policy |
| CUSTOM | no Deny; then the authorizer decides | the authorizer decides |
| COGNITO_USER_POOLS | the authorizer, then an Allow is needed | the authorizer decides |

An Allow for the whole account of the caller delegates to the caller's own policies. A denial is marked as explicit or not. The question states if a caller signs (`callers`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.engine.authorization import token_issuers
from netful.engine.authorization.authorizers import identity_headers, identity_variables, misconfiguration
from netful.engine.authorization.callers import ACTION, AuthorizationRequest
from netful.engine.authorization.permissions import may_ask
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.gateway_errors import (
    HTTP_FORBIDDEN,
    MISSING_TOKEN,
    UNAUTHORIZED,
    GatewayAnswer,
    access_denied,
)
from netful.engine.iam import managed_policies, policies
from netful.model.apis.api import Api, ApiEndpointType, ApiRoute, Authorization, Authorizer, Protocol, RestApi
from netful.model.core import Origin, Unknown
from netful.model.functions.function import Role

_GRANTS_NOTHING_HERE = re.compile(r"arn:[\w-]+:iam::aws:policy/(service-role/)?AWS(Lambda|X[Rr]ay)\w+")
_BY_TOKEN = (Authorization.CUSTOM, Authorization.COGNITO_USER_POOLS, Authorization.JWT)


class Access(AuthorizationRequest):
    """Rulings of the policies and of the route's authorization on a request."""

    def endpoint_policy(self) -> Iterator[Finding]:
        """Yield the ruling of the policy of the request's endpoint, if it has one."""
        endpoint = self.cloud.network.vpc_endpoints.get(self.caller.endpoint_id or "")
        if endpoint is not None and endpoint.policy_document is not None and self.came.api_id:
            yield self._needs_allow(
                endpoint.policy_document, endpoint.id, endpoint.origin, Code.NETFUL_ENDPOINT_POLICY_DENY
            )

    def domain_policy(self) -> Iterator[Finding]:
        """Yield the ruling of the policy of a private domain name."""
        domain = self.came.domain
        if domain is not None and domain.policy is not None:
            yield self._needs_allow(domain.policy, domain.id, domain.origin, Code.NETFUL_API_DOMAIN_POLICY_DENY)
        elif domain is not None and domain.endpoint_type is ApiEndpointType.PRIVATE:
            assumed = f"{domain.id} has a policy that admits the request: AWS may have given it one that denies all"
            ruling = Ruling("allow", domain.id, "no policy is given", origin=domain.origin, assumptions=(assumed,))
            yield Finding(HopKind.POLICY, ACTION, ruling)

    def resource_policy(self) -> Iterator[Finding]:
        """Yield the ruling of the API's own policy, as far as it decides alone."""
        api = self.came.api
        if not isinstance(api, RestApi):
            return
        if api.policy is None:
            if api.private:
                rule = f"{api.id} is private and has no resource policy, so no caller is admitted"
                answer = access_denied(self._user(), self.arn, explicit=False)
                yield denied(HopKind.POLICY, ACTION, api, rule, Code.NETFUL_API_PRIVATE_WITHOUT_POLICY, answer=answer)
            elif self._is_of_another_account():
                yield self._shut_out(api)
            elif self.caller.service and self._named_to_policy():
                rule = f"{self.caller.service} signs as a service, and {api.id} has no resource policy that admits it"
                answer = access_denied(self._user(), self.arn, explicit=False)
                yield denied(HopKind.POLICY, ACTION, api, rule, Code.NETFUL_API_RESOURCE_POLICY_DENY, answer=answer)
        elif not self._either_side():
            yield self._needs_allow(api.policy, api.id, api.policy_origin, Code.NETFUL_API_RESOURCE_POLICY_DENY)
        elif isinstance(api.policy, Unknown):
            yield self._unknown(api.policy, api.id, api.policy_origin)
        else:
            yield from self._no_denial(api.policy, api)

    @property
    def by_pool(self) -> bool:
        """Return whether a user pool identifies the caller; it then does so before the API's policy is evaluated (§2.6)."""
        return self.route is not None and self.route.authorization_type is Authorization.COGNITO_USER_POOLS

    def authorization(self) -> Iterator[Finding]:
        """Yield the ruling of the route's own authorization."""
        assert self.route is not None
        kind = self.route.authorization_type
        named = self.route.authorizer_id
        component = str(self.came.api_id if isinstance(named, Unknown) or not named else named)
        if isinstance(kind, Unknown):
            missing = needs(kind, f"the authorization of {self.route.id}")
            yield unknown(HopKind.AUTHORIZATION, "", component, "its type is not known", missing)
        elif kind in _BY_TOKEN and self._authorizer is None:
            yield self._without_authorizer(self.route, kind, component)
        elif kind in _BY_TOKEN and (variable := self._lacking_variable()):
            rule = f"{component} identifies callers by the stage variable `{variable}`, which the stage does not have"
            ruling = Ruling("deny", component, rule, Code.NETFUL_API_NO_STAGE_VARIABLE, self.route.origin)
            yield Finding(HopKind.AUTHORIZATION, kind.value, ruling, UNAUTHORIZED)
        elif kind in _BY_TOKEN and self._cannot_be_asked():
            rule = f"no `AWS::Lambda::Permission` lets API Gateway invoke the function of {component}"
            answer = misconfiguration(self._protocol)
            code, assumed = Code.NETFUL_API_NO_AUTHORIZER_PERMISSION, self._by_token(kind, component)[1]
            ruling = Ruling("deny", component, rule, code, self.route.origin, assumptions=assumed)
            yield Finding(HopKind.AUTHORIZATION, kind.value, ruling, answer)
        elif kind in _BY_TOKEN and (withheld := self._withheld()):
            rule = f"{component} needs `{withheld}`, which the distribution before it does not forward"
            ruling = Ruling("deny", component, rule, Code.NETFUL_HEADER_NOT_FORWARDED, self.route.origin)
            yield Finding(HopKind.AUTHORIZATION, kind.value, ruling, UNAUTHORIZED)
        elif kind in _BY_TOKEN:
            rule, assumed = self._by_token(kind, component)
            ruling = Ruling("allow", component, rule, origin=self.route.origin, assumptions=assumed)
            yield Finding(HopKind.AUTHORIZATION, kind.value, ruling)
        elif kind is Authorization.AWS_IAM:
            yield self._iam(self.route)
        else:
            yield Finding(
                HopKind.AUTHORIZATION, kind.value, Ruling("allow", component, "open to all", origin=self.route.origin)
            )

    def _without_authorizer(self, route: ApiRoute, kind: Authorization, component: str) -> Finding:
        """Return the finding of an authorizer that is not known: AWS may admit the caller, the gateway here does not."""
        missing = needs(route.authorizer_id, f"the authorizer of {route.id}")
        found = unknown(
            HopKind.AUTHORIZATION, kind.value, component, "its authorizer is not known", missing, route.origin
        )
        return replace(found, answer=misconfiguration(self._protocol))

    @property
    def _protocol(self) -> Protocol:
        return self.came.api.protocol if self.came.api is not None else Protocol.REST

    def _withheld(self) -> str:
        """Return a header that the authorizer needs and that does not arrive; "" if none is withheld."""
        authorizer = self._authorizer
        needed = identity_headers(authorizer) if authorizer is not None else frozenset({"authorization"})
        return min(needed & self.caller.withheld, default="")

    def _lacking_variable(self) -> str:
        """Return a stage variable that the authorizer needs and the stage does not have; "" if it has all."""
        variables = self.stage.variables if self.stage is not None else {}
        needed = identity_variables(self._authorizer) if self._authorizer is not None else frozenset[str]()
        return min(needed - variables.keys(), default="")

    def _by_token(self, kind: Authorization, component: str) -> tuple[str, tuple[str, ...]]:
        """Return the rule of an authorizer, and the assumptions about the request."""
        authorizer = self._authorizer
        if authorizer is None:
            return f"{kind.value} authorizer", (f"the request carries what the {kind.value} authorizer accepts",)
        accepted = f"the request carries what {component} accepts"
        keys = token_issuers.in_words(self.cloud, authorizer)
        rule = f"{kind.value} authorizer" + (f", by {keys}" if keys else "")
        return rule, (accepted, *token_issuers.assumptions(self.cloud, authorizer))

    @property
    def _authorizer(self) -> Authorizer | None:
        api = self.came.api
        return api.authorizers.get(str(self.route.authorizer_id)) if api and self.route else None

    def _cannot_be_asked(self) -> bool:
        """Return whether a Lambda authorizer's function is in the cloud, and does not permit the API to invoke it (§5.12)."""
        api, authorizer = self.came.api, self._authorizer
        return api is not None and authorizer is not None and may_ask(self.cloud, api, authorizer, self.stage) is False

    def _either_side(self) -> bool:
        """Return whether an Allow may also come from the identity's policy or a Lambda authorizer.

        A caller without a required signature is refused for that reason, unless the policy denies the request.
        """
        if self.caller.service:
            return False
        kind = self.route.authorization_type if self.route else Authorization.NONE
        return kind is Authorization.CUSTOM or (kind is Authorization.AWS_IAM and not self._is_of_another_account())

    def _shut_out(self, api: Api) -> Finding:
        """Refuse a caller of another account, which no policy of the API admits."""
        signer = self.caller.signer
        assert signer is not None
        rule = f"{self._who()} is of account {signer.account_id}, and {api.id} has no resource policy that admits it"
        ruling = Ruling("deny", api.id, rule, Code.NETFUL_API_OTHER_ACCOUNT, api.origin)
        answer = access_denied(self._user(), self.arn, explicit=False) if isinstance(api, RestApi) else HTTP_FORBIDDEN
        return Finding(HopKind.POLICY if isinstance(api, RestApi) else HopKind.AUTHORIZATION, ACTION, ruling, answer)

    def _iam(self, route: ApiRoute) -> Finding:
        api = self.came.api
        if self.caller.signed is False:
            answer = HTTP_FORBIDDEN if api is not None and api.protocol is Protocol.HTTP else MISSING_TOKEN
            rule = "it asks for a signature, and the request has none"
            ruling = Ruling("deny", self.came.api_id, rule, Code.NETFUL_API_UNSIGNED, route.origin)
            return Finding(HopKind.AUTHORIZATION, "AWS_IAM", ruling, answer)
        if self.caller.service and isinstance(api, RestApi):
            ruling = Ruling("allow", api.id, "the resource policy decides for a service")
            return Finding(HopKind.AUTHORIZATION, "AWS_IAM", ruling)
        assumed = () if self.caller.signed else ("the client signs its requests (SigV4)",)
        if api is not None and not isinstance(api, RestApi) and self._is_of_another_account():
            return self._shut_out(api)
        decision = self._own_decision()
        if decision.outcome == "deny" and decision.statement:
            rule, remedy = f"{decision.statement} of {self._who()} denies it", decision.remedy(self._who())
            return self._refused(rule, explicit=True, remedy=remedy)
        direct = self._direct_decision()
        if direct.outcome == "allow" and not self._is_of_another_account():
            rule = "the resource policy allows it, which suffices within an account"
            if self.caller.role is None and self.caller.identity is None:
                assumed = (*assumed, "no policy of the caller denies it")
            return Finding(
                HopKind.AUTHORIZATION, "AWS_IAM", Ruling("allow", self.came.api_id, rule, assumptions=assumed)
            )
        found = self._identity(route, decision, assumed)
        if found.ruling.verdict == "deny" and direct.outcome == "unknown" and not self._is_of_another_account():
            return unknown(
                HopKind.AUTHORIZATION, "AWS_IAM", self.came.api_id, *direct.doubt(self.came.api_id), route.origin
            )
        return found

    def _identity(self, route: ApiRoute, decision: policies.Decision, assumed: tuple[str, ...]) -> Finding:
        """Judge by the caller's own policies, as far as they are known."""
        who, role = self._who(), self.caller.role
        if decision.outcome == "allow":
            rule = f"{decision.statement} of {who} allows it"
            return Finding(HopKind.AUTHORIZATION, "AWS_IAM", Ruling("allow", who, rule, assumptions=assumed))
        if decision.outcome == "unknown" or (role is not None and _has_other_policies(role)):
            rule = "it depends on the caller's own policies"
            missing = (f"whether the policies of {who} allow {self.action}",)
            ruling = Ruling("unknown", who, rule, origin=route.origin, missing=missing, assumptions=assumed)
            return Finding(HopKind.AUTHORIZATION, "AWS_IAM", ruling)
        if self._is_of_another_account():
            return self._refused(f"{who} does not allow {self.action}", explicit=False)
        if self._decided_by_account():
            rule = f"the resource policy leaves it to the policies of {who}, which do not allow {self.action}"
            return self._refused(rule, explicit=False)
        return self._refused(f"neither the resource policy nor {who} allows {self.action}", explicit=False)

    def _refused(self, rule: str, *, explicit: bool, remedy: str = "") -> Finding:
        whose = self.caller.identity or self.caller.role
        assert whose is not None
        ruling = Ruling("deny", whose.id, rule, Code.NETFUL_API_IDENTITY_POLICY_DENY, whose.origin, remedy=remedy)
        answer = access_denied(self._user(), self.arn, explicit=explicit, action=self.action)
        return Finding(HopKind.AUTHORIZATION, "AWS_IAM", ruling, answer)

    def _no_denial(self, policy: Mapping[str, Any], api: RestApi) -> Iterator[Finding]:
        """Judge by a policy when another side may allow too: only an explicit Deny refuses."""
        decision = self._decide(policy, named=self._named_to_policy())
        if decision.outcome == "deny" and decision.statement:
            yield self._denied(api.id, api.policy_origin, Code.NETFUL_API_RESOURCE_POLICY_DENY, decision)
        elif decision.may_deny:
            yield self._depends(api.id, api.policy_origin, decision)
        else:
            silent = "it neither allows nor denies it" if decision.outcome == "deny" else "it does not deny it"
            rule = f"{decision.statement} allows it" if decision.statement else silent
            yield Finding(HopKind.POLICY, ACTION, Ruling("allow", api.id, rule, origin=api.policy_origin))

    def _needs_allow(self, policy: Mapping[str, Any] | Unknown, component: str, origin: Origin, code: Code) -> Finding:
        if isinstance(policy, Unknown):
            return self._unknown(policy, component, origin)
        named = self._named_to_policy() if code == Code.NETFUL_API_RESOURCE_POLICY_DENY else self._signs()
        decision = self._decide(policy, named=named)
        if decision.outcome == "deny":
            return self._denied(component, origin, code, decision)
        if decision.outcome == "unknown":
            return self._depends(component, origin, decision)
        return Finding(
            HopKind.POLICY, ACTION, Ruling("allow", component, f"{decision.statement} allows it", origin=origin)
        )

    def _denied(self, component: str, origin: Origin, code: Code, decision: policies.Decision) -> Finding:
        explicit = bool(decision.statement)
        rule = f"{decision.statement} denies it" if explicit else "no statement allows it"
        answer: GatewayAnswer = access_denied(self._user(), self.arn, explicit=explicit)
        ruling = Ruling("deny", component, rule, code, origin, remedy=decision.remedy(component))
        return Finding(HopKind.POLICY, ACTION, ruling, answer)

    def _depends(self, component: str, origin: Origin, decision: policies.Decision) -> Finding:
        return unknown(HopKind.POLICY, ACTION, component, *decision.doubt(component), origin)

    def _unknown(self, policy: Unknown, component: str, origin: Origin) -> Finding:
        missing = needs(policy, f"the policy of {component}")
        return unknown(HopKind.POLICY, ACTION, component, "its policy is not known", missing, origin)


def _has_other_policies(role: Role) -> bool:
    """Return whether a role has managed policies of unknown text that may allow the call; AWS's own ones for functions do not."""
    unread = (arn for arn in role.managed_policy_arns if managed_policies.statement(str(arn)) is None)
    return any(not isinstance(arn, str) or not _GRANTS_NOTHING_HERE.fullmatch(arn) for arn in unread)
