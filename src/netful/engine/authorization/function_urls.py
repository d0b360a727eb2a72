"""Authorization of requests to function URLs (lambda §3.9).

| `AuthType` | admits |
|---|---|
| `NONE` | every caller, if a permission of the function lets every caller invoke its URL |
| `AWS_IAM` | a signed request, if the signer's policies or a permission of the function for the signer allow it |

`origin_access` judges the requests that CloudFront signs as itself. URLs made since October 2025 require `lambda:InvokeFunction`
as well, except in accounts that had URLs before: where it is not granted, a path has that as an assumption.
"""

from collections.abc import Iterator

from netful.engine.authorization.invocable import assumed_on, invocation_refusal
from netful.engine.authorization.permissions import INVOKE, INVOKE_URL, function_of, grants, is_of, lacks
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.flows.truth import every, some
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.iam.authorization import Caller, refusal
from netful.engine.iam.policies import PolicyRequest
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Resource, Unknown
from netful.model.functions.compute import qualified
from netful.model.names.arns import account_root, aws_arn
from netful.model.names.generated.function_url import url_host

URL = "AWS::Lambda::Url"
PUBLIC = "netful:Public"
"""Marks a URL of the API: any client may call it."""
_OF_SERVICES = ("SourceArn", "SourceAccount", "EventSourceToken")
_HELP = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
MESSAGE = f"Forbidden. For troubleshooting Function URL authorization issues, see: {_HELP}"
_FORBIDDEN = GatewayAnswer(403, f'{{"Message":"{MESSAGE}"}}', "AccessDeniedException")
_BAD_GATEWAY = GatewayAnswer(502, "Internal Server Error")
_THROTTLED = GatewayAnswer(429, '{"Message":"Rate Exceeded."}', "TooManyRequestsException")


def host_of(cloud: Cloud, url: Resource) -> str:
    """Return the host of a function URL: the described one, else a generated one."""
    described = url.properties.get("FunctionUrl")
    if isinstance(described, str):
        return described.removeprefix("https://").strip("/")
    return url_host(cloud.aws_id(url.id), cloud.region_of(url.id))


def url_at(cloud: Cloud, host: str) -> Resource | None:
    """Return the function URL that a host names."""
    urls = cloud.template.of_type(URL)
    return next((one for one in urls if host_of(cloud, one) == host), None)


def target_of(url: Resource) -> Maybe[str]:
    """Return the function of a URL, with its alias: `FUNCTION:ALIAS`."""
    parts = [url.properties[name] for name in ("TargetFunctionArn", "Qualifier") if url.properties.get(name)]
    unknown = next((one for one in parts if isinstance(one, Unknown)), None)
    return ":".join(map(str, parts)) if unknown is None else unknown


def is_public(cloud: Cloud, url: Resource) -> bool | None:
    """Return whether every caller may invoke a function's URL; None if that depends on an unknown value."""
    return PUBLIC in url.properties or _permits(cloud, url, ())


def half_permissions(cloud: Cloud, url: Resource) -> Iterator[Resource]:
    """Yield the permissions to invoke a URL without one to invoke its function, for callers without policies of their own."""
    region, account_id = cloud.region_of(url.id), cloud.account_of(url.id)
    own = aws_arn("iam", region, account_id, "")
    for permission in cloud.template.resources.values():
        principal = permission.properties.get("Principal")
        if isinstance(principal, str) and principal != account_id and not principal.startswith(own):
            admitted = _names(cloud, permission, url, (principal,), INVOKE_URL)
            if admitted and _permits(cloud, url, (principal,), INVOKE) is False:
                yield permission


def assumed(url: Resource, granted: bool | None) -> tuple[str, ...]:  # noqa: FBT001  # an answer
    """Return the assumption about a URL whose callers may not be admitted to its function."""
    return () if granted else (f"{url.id} does not require `{INVOKE}`, as URLs made since October 2025 do",)


def _permits(cloud: Cloud, url: Resource, names: tuple[str, ...], action: str = INVOKE_URL) -> bool | None:
    """Return whether a permission of the function, or of the URL's alias, admits a caller with some names."""
    return some(_admits(cloud, one, url, names, action) for one in cloud.template.resources.values())


def _admits(cloud: Cloud, permission: Resource, url: Resource, names: tuple[str, ...], action: str) -> bool | None:
    """Return whether a permission admits a caller, who is not a service; the organization of one with names is not known."""
    member = lacks(permission, "PrincipalOrgID")
    conditions = lacks(permission, *_OF_SERVICES), None if names and member is False else member
    return every((_names(cloud, permission, url, names, action), *conditions))


def _names(cloud: Cloud, permission: Resource, url: Resource, names: tuple[str, ...], action: str) -> bool | None:
    """Return whether a permission is for a caller with some names, whatever else it requires."""
    target = target_of(url)
    if isinstance(target, Unknown):
        return None
    own = is_of(cloud, permission, function_of(cloud, target), qualified(target)[1])
    principal, auth_type = (permission.properties.get(name) for name in ("Principal", "FunctionUrlAuthType"))
    return every(
        (
            own,
            grants(permission, action, by_url=True),
            None if isinstance(principal, Unknown) else principal == "*" or principal in names,
            None if isinstance(auth_type, Unknown) else auth_type in (None, url.properties.get("AuthType")),
        )
    )


def judge(cloud: Cloud, url: Resource, signer: Caller | None, *, signed: bool | None) -> Finding:
    """Return the decision about a request. `signer` is None for a caller that is not known; `signed` as of sources."""
    auth_type, target = url.properties.get("AuthType"), target_of(url)
    if isinstance(target, Unknown) or auth_type not in ("NONE", "AWS_IAM"):
        return _unknown(url, "its `AuthType` or its function is not known", f"`AuthType` of {url.id}")
    if auth_type == "AWS_IAM":
        return _of_signer(cloud, url, signer, target, signed=signed)
    name, public = _name_of(cloud, target), is_public(cloud, url)
    if public:
        assumptions = assumed(url, PUBLIC in url.properties or _permits(cloud, url, (), INVOKE))
        return _finding(url, Ruling("allow", url.id, "open to all", origin=url.origin, assumptions=assumptions))
    if public is None:
        return _unknown(url, "its permissions are not known", f"the permissions of {name}")
    remedy = (
        f"let `*` do `{INVOKE_URL}` on `{name}` by an `AWS::Lambda::Permission` with `FunctionUrlAuthType: NONE`, and "
        f"`{INVOKE}` by one with `InvokedViaFunctionUrl: true`"
    )
    return _refused(url, "no permission lets every caller invoke it", Code.NETFUL_FUNCTION_URL_DENIED, remedy)


def invocation(cloud: Cloud, url: Resource) -> Finding:
    """Return the step to the function of a URL."""
    target = url.properties.get("TargetFunctionArn")
    if isinstance(target, Unknown):
        return unknown(HopKind.INTEGRATION, INVOKE_URL, url.id, "its function is not known", target.needs, url.origin)
    name, whole = function_of(cloud, str(target)), target_of(url)
    function, qualifier = cloud.compute.functions.get(name), "?" if isinstance(whole, Unknown) else qualified(whole)[1]
    refused = invocation_refusal(function, qualifier, tenant=False) if function else None
    if refused:
        answer = _THROTTLED if refused[1] is Code.NETFUL_FUNCTION_OFF else _BAD_GATEWAY
        return Finding(HopKind.INTEGRATION, INVOKE_URL, Ruling("deny", name, *refused, url.origin), answer)
    assumptions = assumed_on(cloud, function) if function else ()
    ruling = Ruling("allow", name, INVOKE_URL, origin=url.origin, assumptions=assumptions)
    return Finding(HopKind.INTEGRATION, INVOKE_URL, ruling)


def _name_of(cloud: Cloud, target: str) -> str:
    alias = qualified(target)[1]
    return function_of(cloud, target) + (f":{alias}" if alias else "")


def _of_signer(cloud: Cloud, url: Resource, signer: Caller | None, target: str, *, signed: bool | None) -> Finding:
    if signed is False:
        return _refused(url, "it asks for a signature, and the request has none", Code.NETFUL_API_UNSIGNED)
    if signer is None:
        return _unknown(
            url, "it depends on the caller's own policies", f"whether the caller's policies allow {INVOKE_URL}"
        )
    region, own_account = cloud.region_of(url.id), cloud.account_of(url.id)
    is_own = signer.account_id == own_account
    account = () if is_own else (signer.account_id, account_root(signer.account_id, signer.arn))
    names = (*signer.names, *account)
    permitted = _permits(cloud, url, names)
    name, id_ = _name_of(cloud, target), function_of(cloud, target)
    function = cloud.compute.functions.get(id_)
    called = f"{function.function_name if function else id_}{name.removeprefix(id_)}"
    arn = aws_arn("lambda", region, own_account, f"function:{called}")
    refused = refusal(PolicyRequest(INVOKE_URL, arn), signer, None, None)
    explicit = refused is not None and refused.explicit
    assumptions = assumed(url, _may_invoke(_permits(cloud, url, names, INVOKE), arn, signer, is_own=is_own))
    if permitted and is_own and not explicit:
        rule = f"a permission of {name} admits {signer.arn}"
        return _finding(url, Ruling("allow", url.id, rule, origin=url.origin, assumptions=assumptions))
    needs_permission = refused is not None or not is_own
    if needs_permission and permitted is None and not explicit:
        return _unknown(url, "its permissions are not known", f"the permissions of {name}")
    if refused is not None or not (is_own or permitted):
        remedy = f"allow `{INVOKE_URL}` on `{name}` in the policies of `{signer.arn}`"
        return _refused(url, f"{signer.arn} is not allowed", Code.NETFUL_FUNCTION_URL_DENIED, remedy)
    if signer.document is None:
        return _unknown(url, "it depends on the caller's own policies", f"the policies of {signer.arn}")
    if signed is None:
        assumptions = ("the client signs its requests (SigV4)", *assumptions)
    rule = f"the policies of {signer.arn} allow it"
    return _finding(url, Ruling("allow", url.id, rule, origin=url.origin, assumptions=assumptions))


def _may_invoke(permitted: bool | None, arn: str, signer: Caller, *, is_own: bool) -> bool | None:  # noqa: FBT001  # an answer
    """Return whether a permission and the signer's policies let it invoke a function."""
    refused = refusal(PolicyRequest(INVOKE, arn), signer, None, None)
    if refused is not None and refused.explicit:
        return False
    return (some if is_own else every)((permitted, refused is None))


def _finding(url: Resource, ruling: Ruling, answer: GatewayAnswer | None = None) -> Finding:
    return Finding(HopKind.AUTHORIZATION, str(url.properties.get("AuthType")), ruling, answer)


def _refused(url: Resource, rule: str, code: Code, remedy: str = "") -> Finding:
    return _finding(url, Ruling("deny", url.id, rule, code, url.origin, remedy=remedy), _FORBIDDEN)


def _unknown(url: Resource, rule: str, missing: str) -> Finding:
    return _finding(url, Ruling("unknown", url.id, rule, origin=url.origin, missing=(missing,)))
