"""Whether API Gateway may invoke a function: by a `AWS::Lambda::Permission` of the template (api-gateway §5.10, §5.12).

A permission's `SourceArn` says for which stage, method and path; of a path with parameters it is compared with the
resource's path as it is written, `{id}` and all, which `*` matches. Authorizers have ARNs of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netful.engine.apis.routing import ANY
from netful.engine.iam.texts import like
from netful.model.apis.api import Api, ApiRoute, Authorizer
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core.unknown import Maybe, Unknown

_PRINCIPALS = ("apigateway.amazonaws.com", "*")
_NO_STAGE = "?"  # a stage whose name is not known


def sources_of(cloud: Cloud, api: Api, stage: Stage | None, route: ApiRoute) -> tuple[str, ...]:
    """The ARNs that API Gateway may show a function when a route calls it: of ANY, that of any method."""
    methods = (*sorted(ANY), "ANY") if route.http_method == "ANY" else (route.http_method,)
    name = stage.stage_name if stage is not None else _NO_STAGE
    before = f"{execute_api_arn(cloud, api)}/{_NO_STAGE if isinstance(name, Unknown) else name}"
    if not route.path.startswith("/"):  # `$default`, and the routes of WebSocket APIs
        return (f"{before}/{route.path}", f"{before}/ANY/{route.path}")
    return tuple(f"{before}/{method}{route.path}" for method in methods)


def authorizer_sources(cloud: Cloud, api: Api, authorizer: Authorizer) -> tuple[str, ...]:
    """The ARN that API Gateway shows an authorizer's function."""
    return (f"{execute_api_arn(cloud, api)}/authorizers/{authorizer.id}",)


def permits(cloud: Cloud, sources: Iterable[str], name: str) -> bool | None:
    """Whether API Gateway may invoke a function for one of some sources; None where that hangs on an unknown."""
    listed = tuple(sources)
    answers = [_permits(source, listed) for source in permitted_sources(cloud, name)]
    return True if True in answers else None if None in answers else False


def permitted_sources(cloud: Cloud, name: str) -> Iterator[Maybe[str] | None]:
    """The `SourceArn` of every permission that lets API Gateway invoke a function; Unknown too for what may be one."""
    for resource in cloud.template.resources.values():
        if resource.type != "AWS::Lambda::Permission":
            continue
        function, principal = resource.properties.get("FunctionName"), resource.properties.get("Principal")
        unknown = next((value for value in (function, principal) if isinstance(value, Unknown)), None)
        if unknown is not None:
            yield unknown
        elif principal in _PRINCIPALS and function_of(cloud, str(function)) == name:
            yield resource.properties.get("SourceArn")


def _permits(source: Maybe[str] | None, shown: tuple[str, ...]) -> bool | None:
    if isinstance(source, Unknown):
        return None
    if source is None or any(like(str(source), one) for one in shown):
        return True
    stage_unknown = any(f"/{_NO_STAGE}/" in one for one in shown)
    return None if stage_unknown and str(source).partition("/")[0] == shown[0].partition("/")[0] else False


def execute_api_arn(cloud: Cloud, api: Api) -> str:
    """The ARN of an API, for those who call it and for what it calls."""
    return f"arn:aws:execute-api:{api.region}:{cloud.account_id}:{api.id}"


def function_of(cloud: Cloud, text: str) -> str:
    """The function that a permission names: by name, by ARN, or by an alias or version of it."""
    resource = cloud.template.resources.get(text)
    if resource is not None and resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        return function_of(cloud, str(resource.properties.get("FunctionName")))
    name = text.partition(":function:")[2] or text
    return cloud.compute.function_id(name.partition(":")[0])
