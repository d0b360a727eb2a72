"""Cloud Control API of an account: reads of any resource by its type and its physical id."""

import json
from collections.abc import Mapping
from typing import Any

from netful.account.cloudformation.deployments.changes import known
from netful.account.operations.json_api import JsonApi
from netful.account.reading import Paging
from netful.account.wire.errors import ApiError
from netful.account.writing import Running
from netful.model.core import Resource
from netful.model.names.generated.function_url import url_host

_page = Paging(
    "NextToken", "NextToken", "MaxResults", 100, "InvalidRequestException", "The token '{}' is not valid"
).page
URL = "AWS::Lambda::Url"


class CloudControlApi:
    """The handler of Cloud Control API. Writes go through CloudFormation."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.handle = JsonApi("cloudcontrol", {"GetResource": self._get, "ListResources": self._list}).handle

    async def _get(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        type_, identifier = str(asked.get("TypeName", "")), str(asked.get("Identifier", ""))
        found = next(
            (one for one in self._running.cloud.template.of_type(type_) if identifier in self._identifiers(one)), None
        )
        if found is None:
            text = f"Resource of type '{type_}' with identifier '{identifier}' was not found."
            raise ApiError("ResourceNotFoundException", text)
        return {"TypeName": type_, "ResourceDescription": self._described(found)}

    async def _list(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        type_ = str(asked.get("TypeName", ""))
        every = [self._described(one) for one in self._running.cloud.template.of_type(type_)]
        return {"TypeName": type_, **_page("ResourceDescriptions", asked, every)}

    def _identifiers(self, resource: Resource) -> set[str]:
        """Return the texts that identify a resource: its physical id; for a function's URL the function's name or ARN too."""
        named = {self._running.cloud.physical_id(resource.id) or resource.id}
        target = resource.properties.get("TargetFunctionArn")
        if resource.type == URL and isinstance(target, str):
            named |= {target, target.rpartition(":")[2]}
        return named

    def _described(self, resource: Resource) -> Mapping[str, Any]:
        cloud = self._running.cloud
        properties = {name: known(value) for name, value in resource.properties.items()}
        if resource.type == URL:
            properties["FunctionUrl"] = f"https://{url_host(resource.id, cloud.region_of(resource.id))}/"
        return {"Identifier": cloud.physical_id(resource.id) or resource.id, "Properties": json.dumps(properties)}
