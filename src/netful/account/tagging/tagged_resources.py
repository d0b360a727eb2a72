"""Resource Groups Tagging: the tags of the account's resources, of those in the network and of those that back ends have.

The back end lists its own, but not of each type. Added are the things of EC2, and every resource that it does not list, by its ARN. A
type filter is the service in the ARN, perhaps with the type after it: `ec2:vpc`, `lambda:function`.
"""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from netful.account.arns import arn_of
from netful.account.ec2.kinds import KIND
from netful.account.ec2.world import World
from netful.account.operations.json_api import JsonApi
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging
from netful.account.tagging import tag_calls
from netful.account.tags import listed, texts
from netful.account.wire import cbor
from netful.account.wire.errors import ApiError
from netful.account.writing import Running
from netful.model.cloud import Cloud
from netful.model.names.arns import aws_arn
from netful.model.names.service_names import service
from netful.services.deploy.kinds import parameter_groups
from netful.services.deploy.kinds.resource_kinds import KINDS
from netful.services.deploy.left_out import message
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request, Response

Record = Mapping[str, Any]
Tags = Mapping[str, str]
_TARGET = "ResourceGroupsTaggingAPI_20170126.GetResources"
_TOKEN = "PaginationToken"  # noqa: S105  # a member's name
_PAGING = Paging(_TOKEN, _TOKEN, "ResourcesPerPage", 50, "PaginationTokenExpiredException", "{} is no token")
_TAGS = {"AWS::EFS::FileSystem": "FileSystemTags", "AWS::Cognito::UserPool": "UserPoolTags"}
_LISTED = KINDS.keys() - {
    "AWS::Cognito::UserPool", "AWS::ECR::Repository", "AWS::Kinesis::Stream", *parameter_groups.KINDS,
}  # fmt: skip
"""Types that the back end lists, if AWS lists them."""
_END = re.compile(r"[/:]")


class TaggingApi:
    """The handler."""

    def __init__(self, running: Running, call_host: CallHost, ask: tag_calls.Ask) -> None:
        self._running = running
        self._call_host = call_host
        self._ask = ask
        own = {
            "GetResources": self._resources,
            "GetTagKeys": self._keys,
            "GetTagValues": self._values,
            "TagResources": self._change,
            "UntagResources": self._change,
        }
        self._names = frozenset(own)
        self._own = JsonApi("resourcegroupstaggingapi", own, "InvalidParameterException")

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        name = cbor.operation_of(request) or request.header("x-amz-target").rpartition(".")[2]
        return await (self._own.handle(request) if name in self._names else self._others(request))

    async def _others(self, request: Request) -> Response:
        return await self._call_host(service("tagging").host(self._running.cloud.region), request)

    async def _resources(self, asked: Parameters) -> Record:
        found = await self._tagged(asked)
        rows = [{"ResourceARN": arn, "Tags": listed(tags)} for arn, tags in found.items()]
        return {_TOKEN: "", **_PAGING.page("ResourceTagMappingList", asked, rows)}

    async def _keys(self, asked: Parameters) -> Record:
        keys = {key for tags in (await self._tagged({})).values() for key in tags}
        return {_TOKEN: "", **_PAGING.page("TagKeys", asked, sorted(keys))}

    async def _values(self, asked: Parameters) -> Record:
        values = {tags[asked["Key"]] for tags in (await self._tagged({})).values() if asked["Key"] in tags}
        return {_TOKEN: "", **_PAGING.page("TagValues", asked, sorted(values))}

    async def _change(self, asked: Parameters) -> Record:
        own = [arn for arn in asked["ResourceARNList"] if tag_calls.is_asked(arn)]
        others = [arn for arn in asked["ResourceARNList"] if not tag_calls.is_asked(arn)]
        tags, gone = asked.get("Tags") or {}, asked.get("TagKeys") or ()
        failed = await tag_calls.failures(self._ask, own, tags, gone)
        if others:
            target = _TARGET.replace("GetResources", "UntagResources" if gone else "TagResources")
            answer = await self._others(json_request(target, {**asked, "ResourceARNList": others}))
            found = json.loads(answer.body)
            if answer.status != 200:
                raise ApiError(found.get("__type", "InternalServiceException"), message(answer), answer.status)
            failed |= found["FailedResourcesMap"]
        return {"FailedResourcesMap": failed}

    async def _tagged(self, asked: Parameters) -> dict[str, Tags]:
        """Return the tags of all resources that filters admit, by ARN."""
        own = {arn: tags for arn, tags in _of_cloud(self._running.cloud) if _admits(asked, arn, tags)}
        return {**dict(sorted(own.items())), **{arn: tags async for arn, tags in self._of_back_end(asked)}}

    async def _of_back_end(self, asked: Parameters) -> AsyncIterator[tuple[str, Tags]]:
        """Yield the resources of the back end, from all pages."""
        members = {name: asked[name] for name in ("TagFilters", "ResourceTypeFilters") if asked.get(name)}
        token = ""
        while True:
            answer = await self._others(json_request(_TARGET, {**members, _TOKEN: token} if token else members))
            found = json.loads(answer.body) if answer.status == 200 else {}
            for one in found.get("ResourceTagMappingList", ()):
                tags = texts(one["Tags"])
                if tags and _admits({"ResourceARNList": asked.get("ResourceARNList")}, one["ResourceARN"], tags):
                    yield one["ResourceARN"], tags
            token = found.get(_TOKEN) or ""
            if not token:
                return


def _admits(asked: Parameters, arn: str, tags: Tags) -> bool:
    """Return whether the filters of a request admit a resource."""
    by_tag = all(
        one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"])
        for one in asked.get("TagFilters") or ()
    )
    types, arns = asked.get("ResourceTypeFilters"), asked.get("ResourceARNList")
    return by_tag and (not types or not {*types}.isdisjoint(_types_of(arn))) and (not arns or arn in arns)


def _types_of(arn: str) -> Iterable[str]:
    """Return the type filters that admit an ARN."""
    _, _, code, _, _, end = arn.split(":", 5)
    return code, f"{code}:{_END.split(end.lstrip('/'))[0]}"


def _of_cloud(cloud: Cloud) -> Iterator[tuple[str, Tags]]:
    """Yield the ARNs of tagged resources that no back end has, with their tags."""
    world = World(cloud)
    for kind in KIND.values():
        for record in kind.records(world):
            tags = texts(record.get("Tags"))
            if tags:
                yield aws_arn("ec2", cloud.region, cloud.account_id, f"{kind.resource_type}/{record[kind.id]}"), tags
    for function in cloud.compute.functions.values():
        if tags := texts(function.tags):
            yield cloud.arn("lambda", f"function:{function.function_name}", function.id), tags
    for resource in cloud.template.resources.values():
        tags = texts(resource.properties.get(_TAGS.get(resource.type, "Tags")))
        own = tags and resource.type not in _LISTED and resource.id not in cloud.compute.functions
        if own and (arn := arn_of(cloud, resource)):
            yield arn, tags
