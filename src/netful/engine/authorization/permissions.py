"""Permission of API Gateway to invoke a function: an `AWS::Lambda::Permission` of the template (api-gateway §5.10, §5.12).

The `SourceArn` of a permission names the stage, method and path. A path with parameters is compared as the resource's
literal path, including `{id}`, which `*` matches. Authorizers have separate ARNs. A function, each of its versions and
each of its aliases has a policy of its own. A permission with `InvokedViaFunctionUrl` is for requests to the function's URL
only: SAM adds one to every public URL.
"""

from collections.abc import Iterable, Iterator

from netful.engine.flows.truth import every, some
from netful.engine.iam.texts import like
from netful.engine.integrations.integration_targets import Callee, asked
from netful.model.apis.api import Api, ApiRoute, Authorizer
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Resource, Unknown, is_true
from netful.model.functions.compute import qualified
from netful.model.names.arns import aws_arn

INVOKE, INVOKE_URL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
_PRINCIPALS = ("apigateway.amazonaws.com", "*")
_GRANT = ("Action", "InvokedViaFunctionUrl")
_OF_OTHER_CALLERS = ("PrincipalOrgID", "EventSourceToken")
_NO_STAGE = "?"  # a stage whose name is not known


def sources_of(cloud: Cloud, api: Api, stage: Stage | None, route: ApiRoute, method: str) -> tuple[str, ...]:
    """Return the ARNs that API Gateway may pass to a function for a request; a route for ANY has the request's method."""
    methods = (method, "ANY") if route.http_method == "ANY" else (route.http_method,)
    name = stage.stage_name if stage is not None else _NO_STAGE
    before = f"{execute_api_arn(cloud, api)}/{_NO_STAGE if isinstance(name, Unknown) else name}"
    if not route.path.startswith("/"):  # `$default`, and the routes of WebSocket APIs
        return (f"{before}/{route.path}", f"{before}/ANY/{route.path}")
    return tuple(f"{before}/{method}{route.path}" for method in methods)


def authorizer_sources(cloud: Cloud, api: Api, authorizer: Authorizer) -> tuple[str, ...]:
    """Return the ARN that API Gateway passes to an authorizer's function."""
    return (f"{execute_api_arn(cloud, api)}/authorizers/{cloud.part_id(authorizer.id)}",)


def may_ask(cloud: Cloud, api: Api, authorizer: Authorizer, stage: Stage | None) -> bool | None:
    """Return whether API Gateway may invoke an authorizer's function (§5.12); by a role, or elsewhere, it is taken to."""
    called = asked(cloud, authorizer, stage)
    if authorizer.credentials is not None or called.function not in cloud.compute.functions:
        return True
    return permits(cloud, authorizer_sources(cloud, api, authorizer), called)


def permits(cloud: Cloud, sources: Iterable[str], called: Callee) -> bool | None:
    """Return whether API Gateway may invoke a function for one of some sources; None if that depends on an unknown."""
    listed = tuple(sources)
    account_id = next((source.split(":")[4] for source in listed), "")
    return some(
        every((_permits(source, listed), fits_service(permission, account_id)))
        for permission, source in _permissions(cloud, called)
    )


def permitted_sources(cloud: Cloud, called: Callee) -> Iterator[Maybe[str] | None]:
    """Yield the `SourceArn` of every permission of API Gateway to invoke a function; Unknown for a possible one."""
    return (source for _, source in _permissions(cloud, called))


def _permissions(cloud: Cloud, called: Callee) -> Iterator[tuple[Resource, Maybe[str] | None]]:
    """Yield the permissions of API Gateway to invoke a function, each with its `SourceArn`; Unknown for a possible one."""
    for resource in cloud.template.resources.values():
        if is_of(cloud, resource, str(called.function), called.qualifier or "") is False or grants(resource) is False:
            continue
        parts = tuple(map(resource.properties.get, ("FunctionName", "Principal", "Qualifier", *_GRANT)))
        unknown = next((value for value in parts if isinstance(value, Unknown)), None)
        if unknown is not None or parts[1] in _PRINCIPALS:
            yield resource, resource.properties.get("SourceArn") if unknown is None else unknown


def fits_service(permission: Resource, account_id: str) -> bool | None:
    """Return whether a service may use a permission for a resource of an account; None if not known.

    The request of a service has no organization and no token of an event source.
    """
    wanted = permission.properties.get("SourceAccount")
    of_account = None if isinstance(wanted, Unknown) else wanted is None or str(wanted) == account_id
    return every((of_account, lacks(permission, *_OF_OTHER_CALLERS)))


def lacks(permission: Resource, *names: str) -> bool | None:
    """Return whether a permission has none of some conditions; None if not known."""
    given = [value for name in names if (value := permission.properties.get(name)) is not None]
    return None if given and all(isinstance(value, Unknown) for value in given) else not given


def is_of(cloud: Cloud, permission: Resource, function_id: str, called: str) -> bool | None:
    """Return whether a resource is of the policy of the function, or its version or alias, that is called; None if not known."""
    if permission.type != "AWS::Lambda::Permission":
        return False
    function, qualifier = map(permission.properties.get, ("FunctionName", "Qualifier"))
    if isinstance(function, Unknown):
        return None
    own = qualified(str(function))[1]
    wanted = "" if called == "$LATEST" else called
    if cloud.function_of(str(function), permission.id) != function_id:
        return False
    if isinstance(qualifier, Unknown):
        return None if wanted else False
    return str(qualifier or own).replace("$LATEST", "") == wanted


def grants(permission: Resource, action: str = INVOKE, *, by_url: bool = False) -> bool | None:
    """Return whether a permission is for an action, by the function's URL or otherwise; None if not known.

    One without an action, which AWS does not create, is for all.
    """
    actions, only_by_url = map(permission.properties.get, _GRANT)
    listed = actions if isinstance(actions, list | tuple) else (actions or "*",)
    named = any(str(one).lower() in {action.lower(), "lambda:*", "*"} for one in listed)
    fits = only_by_url is None or is_true(only_by_url) is by_url
    return every(
        (
            None if isinstance(actions, Unknown) else named,
            None if isinstance(only_by_url, Unknown) else fits,
        )
    )


def _permits(source: Maybe[str] | None, shown: tuple[str, ...]) -> bool | None:
    if isinstance(source, Unknown):
        return None
    if source is None or any(like(str(source), one) for one in shown):
        return True
    stage_unknown = any(f"/{_NO_STAGE}/" in one for one in shown)
    return None if stage_unknown and str(source).partition("/")[0] == shown[0].partition("/")[0] else False


def execute_api_arn(cloud: Cloud, api: Api) -> str:
    """Return the ARN of an API, for its callers and its callees."""
    return aws_arn("execute-api", api.region, cloud.account_of(api.id), cloud.aws_id(api.id))


def function_of(cloud: Cloud, text: str) -> str:
    """Return the function that a permission names: by name, by ARN, or by an alias or version of it."""
    return cloud.function_of(text)
