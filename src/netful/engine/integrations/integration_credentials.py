"""Role of an integration: whether API Gateway may assume it, and whether it allows the call (api-gateway §5.8).

A role that is not in the sources, or has policies that are not known, allows what no known policy denies. The action and
the resource are those that the integration names in its own text. A call whose action depends on the request is allowed,
and a resource that depends on it may be any.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from netful.engine.flows.codes import Code
from netful.engine.iam import role_sessions
from netful.engine.iam.service_actions import RESOURCES, RequestedAction, action_of, on_resource, prefix_of
from netful.engine.integrations.integration_targets import Callee
from netful.model.apis.api import Api
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.functions.function import Role
from netful.model.names.arns import aws_arn

CLIENTS_OWN = ":user/*"
"""End of the credentials of an integration that calls with those of its client."""

_GATEWAY = ("apigateway.amazonaws.com", "apigateway.amazonaws.com.cn")
_SUBTYPES = {"eventbridge": "events", "stepfunctions": "states"}
_PATH = re.compile(r":(?:sqs|s3):path/(?P<path>[^?]*)")
_QUERY = "integration.request.querystring."
_MAPPED = ("method.", "context.", "stageVariables.")
_FORBIDDEN, _OF_JSON = 403, 400
_BY_TARGET = frozenset({"dynamodb", "kinesis", "states", "events", "secretsmanager", "firehose", "logs", "cognito-idp"})


class RoleRefusal(Frozen):
    """Refusal of a call because of the integration's role, with a remedy. `status` is the service's; None if it is not called."""

    role: Role
    code: Code
    rule: str
    remedy: str
    status: int | None = None


def role_refusal(cloud: Cloud, api: Api, integration: Integration, called: Callee) -> RoleRefusal | None:
    """Return why an integration's role does not admit its call; None if it does, or if the integration has no role."""
    arn = integration.credentials
    if not isinstance(arn, str) or arn.endswith(CLIENTS_OWN):
        return None
    role = cloud.access.role_named(arn)
    if role and not role_sessions.may_assume(role, *_GATEWAY):
        code = Code.NETFUL_API_ROLE_NOT_ASSUMED
        rule = f"API Gateway may not assume the role `{role.id}`"
        return RoleRefusal(role, code, rule, code.hint.format(component=role.id))
    caller = role_sessions.integration_caller(cloud, arn)
    asked = _requested(cloud, api, integration, called)
    refused = role_sessions.refusal(cloud, caller, asked, api.region) if asked.action else None
    if role is None or refused is None:
        return None
    rule = f"the role `{role.id}` does not allow `{asked.action}`"
    if asked.resource:
        rule = f"the role `{role.id}` does not allow `{asked.action}` on `{asked.resource}`"
    status = None if called.service == "lambda" else _OF_JSON if _code(called) in _BY_TARGET else _FORBIDDEN
    remedy = f"allow `{asked.action}` in a policy of `{role.id}`"
    return RoleRefusal(role, Code.NETFUL_API_ROLE_DENY, rule, remedy, status)


def role_assumed(cloud: Cloud, api: Api, integration: Integration, called: Callee) -> tuple[str, ...]:
    """Return what is assumed of an integration's role: that it allows the call, if the role or a policy of it is not known."""
    arn = integration.credentials
    if arn is None or (isinstance(arn, str) and arn.endswith(CLIENTS_OWN)):
        return ()
    if isinstance(arn, Unknown):
        return (f"the role of {integration.id}, which is not known, allows the call",)
    role = cloud.access.role_named(arn)
    if role is not None and role_sessions.integration_caller(cloud, arn).document is not None:
        return ()
    asked = _requested(cloud, api, integration, called)
    what = f"`{asked.action}`" if asked.action else "the call"
    return (f"a policy of the role `{role.id if role else arn}` that is not known allows {what}",)


def _code(called: Callee) -> str:
    """Return the endpoint code of the service; subtypes of HTTP APIs have names of their own (`EventBridge`)."""
    code = str(called.service).lower()
    return _SUBTYPES.get(code, code)


def _requested(cloud: Cloud, api: Api, integration: Integration, called: Callee) -> RequestedAction:
    prefix = prefix_of(_code(called))
    action = action_of(prefix, called.action or "")
    if prefix == "lambda":
        function = cloud.compute.functions.get(called.function or "")
        named = function.function_name if function else called.function
        arn = aws_arn("lambda", api.region, cloud.account_of(api.id), f"function:{named}")
        return RequestedAction(action, arn if named else "")
    path = found["path"].strip("/") if (found := _PATH.search(str(called.uri))) else ""
    if prefix == "s3":
        changed = any(name.lower().startswith(_QUERY) for name in integration.request_parameters)
        known = path and "{" not in path
        arn = aws_arn("s3", api.region, "", path) if known else ""
        return RequestedAction() if changed else RequestedAction(action, arn)
    value = path if prefix == "sqs" else ""
    members = RESOURCES[prefix].members if prefix in RESOURCES else ()
    value = value or next((one for member in members if (one := _constant(integration, member))), "")
    return on_resource(action, "" if "{" in value else value, api.region, cloud.account_of(api.id))


def _constant(integration: Integration, member: str) -> str:
    """Return the value of a member that is the same in every request; "" otherwise."""
    mapped = {name.lower(): value for name, value in integration.request_parameters.items()}
    given = mapped.get((_QUERY + member).lower(), mapped.get(member.lower()))
    if given is not None:
        text = given.strip("'") if isinstance(given, str) else ""
        return "" if "$" in text or text.startswith(_MAPPED) else text
    found = set(_written(integration, member))
    return found.pop() if len(found) == 1 else ""


def _written(integration: Integration, member: str) -> Iterator[str]:
    """Yield the values of a member in the templates: of JSON or of a form, "" where a template computes it."""
    value = re.compile(
        rf"""\b{member}\b["']?\s*[:=]\s*(?:\$util\.urlEncode\()?["']?(?P<text>[^"'&\s,}})]*)""", re.IGNORECASE
    )
    for template in integration.request_templates.values():
        for found in value.finditer(template) if isinstance(template, str) else ():
            yield "" if "$" in found["text"] else unquote(found["text"])
