"""Custom resources: their functions are invoked, and what these put to the response URL counts (control-plane §3.7).

A `ServiceToken` is a function, or a topic whose subscribers receive the request.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.changes import ResourceChange
from netful.account.cloudformation.deployments.stack_view import inside, logical_id
from netful.account.cloudformation.templates.objects import fetched
from netful.account.cloudformation.templates.parameters import as_text
from netful.account.cloudformation.templates.template_text import refusal
from netful.model.core.errors import NetfulError
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown
from netful.model.names import service_names
from netful.services.http.backend_requests import query_request, rest_request
from netful.sources.account.deployed_stack import CUSTOM_TYPES, DeployedStack

_SECONDS = 3600.0
_PATIENCE_OF_TEMPLATES = 15.0  # for an answer, after the function has ended
_LOOK_SECONDS = 0.1
_SNS_VERSION, _SUBJECT = "2010-03-31", "AWS CloudFormation custom resource request"
Made = Mapping[str, Any]


class CustomResources:
    """The custom resources of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._patience = _SECONDS

    async def of_template(self, stack: DeployedStack, resource: Resource, made: Made | None) -> Made:
        """Have a resource of a template that `up` named made, or changed; return the answer, `made` if nothing has changed.

        Raises DeploymentError if it fails. `up` does not wait an hour for an answer.
        """
        if made is not None and made["properties"] == _texts(resource.properties):
            return made
        self._patience = _PATIENCE_OF_TEMPLATES
        return await self._asked(stack, resource, "Create" if made is None else "Update", made or {})

    async def answered(
        self, stack: DeployedStack, others: tuple[DeployedStack, ...], changes: Iterable[ResourceChange]
    ) -> None:
        """Have the custom resources of a deployed stack made and changed, and deploy the stack again with their answers.

        Raises DeploymentError if one fails.
        """
        changed = {one.logical_id: one for one in changes}
        for resource in [*inside(self._account.cloud, stack.name)]:
            key = (resource.stack, logical_id(resource))
            if not resource.type.startswith(CUSTOM_TYPES) or (resource.stack == stack.name and key[1] not in changed):
                continue
            current = self._account.cloud.template.resources[resource.id]
            made = await self._asked(
                stack, current, "Update" if key in stack.made else "Create", stack.made.get(key, {})
            )
            if made != stack.made.get(key):
                stack = replace(stack, made={**stack.made, key: made})
                await self._account.deploy((*others, stack))

    async def deleted(self, stack: DeployedStack, resources: Iterable[Resource]) -> None:
        """Have the functions delete their resources, before they go themselves. Raises DeploymentError if one fails."""
        for resource in [*resources]:
            made = stack.made.get((resource.stack, logical_id(resource)))
            if made is not None:
                await self._asked(stack, resource, "Delete", made)

    async def _asked(self, stack: DeployedStack, resource: Resource, kind: str, made: Made) -> Made:
        token = resource.properties.get("ServiceToken")
        if not isinstance(token, str):
            why = token.why if isinstance(token, Unknown) else "ServiceToken is missing"
            raise DeploymentError(f"Invalid ServiceToken: {why}", resource.id)
        place = await self._place()
        key = f"{stack.name}/{uuid.uuid4()}"
        region = self._account.cloud.region
        request = {
            "RequestType": kind,
            "ServiceToken": token,
            "ResponseURL": f"https://{place}.{service_names.service('s3').host(region)}/{quote(key)}",
            "StackId": stack.given.get("AWS::StackId", ""),
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": logical_id(resource),
            "ResourceType": resource.type,
            "ResourceProperties": _texts(resource.properties),
            **({"PhysicalResourceId": made.get("Ref")} if made else {}),
            **({"OldResourceProperties": made.get("properties", {})} if kind == "Update" else {}),
        }
        answer = await self._answer(token, json.dumps(request).encode(), (place, key), resource)
        if answer.get("Status") != "SUCCESS":
            raise DeploymentError(
                f"Received response status [FAILED] from custom resource. Message returned: {answer.get('Reason', '')}"
                f" (RequestId: {request['RequestId']})",
                resource.id,
            )
        data = answer.get("Data")
        return {
            **(data if isinstance(data, dict) else {}),
            "Ref": str(answer.get("PhysicalResourceId") or made.get("Ref") or key),
            "properties": request["ResourceProperties"],
        }

    async def _answer(self, token: str, event: bytes, place: tuple[str, str], resource: Resource) -> Mapping[str, Any]:
        seconds = resource.properties.get("ServiceTimeout")
        try:
            async with asyncio.timeout(float(seconds) if isinstance(seconds, int | str) else _SECONDS):
                await self._sent(token, event, resource)
                async with asyncio.timeout(self._patience):
                    while (found := await fetched(self._account, place)) is None:  # noqa: ASYNC110  # S3 sends no event
                        await asyncio.sleep(_LOOK_SECONDS)
            parsed = json.loads(found)
        except TimeoutError:
            raise DeploymentError(
                "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
                "[]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that "
                "CloudFormation can attach the updated version.",
                resource.id,
            ) from None
        except ValueError as error:
            raise DeploymentError(f"Invalid Response object: {error}", resource.id) from None
        except NetfulError as error:
            raise DeploymentError(refusal(error), resource.id) from error
        return parsed if isinstance(parsed, dict) else {}

    async def _sent(self, token: str, event: bytes, resource: Resource) -> None:
        """Send a request to the function or the topic of a `ServiceToken`."""
        if token.split(":")[2:3] != ["sns"]:
            await self._account.invoke(token, event)
            return
        message = {"TopicArn": token, "Subject": _SUBJECT, "Message": event.decode()}
        host = service_names.service("sns").host(self._account.cloud.region)
        response = await self._account.call_host(host, query_request("Publish", _SNS_VERSION, message))
        if response.status != 200:
            raise DeploymentError(f"the topic {token} does not receive the request", resource.id)

    async def _place(self) -> str:
        """Return the bucket for answers, made where it does not exist yet."""
        region = self._account.cloud.region
        bucket = f"cloudformation-custom-resource-response-{region.replace('-', '')}"
        constraint = f"<LocationConstraint>{region}</LocationConstraint>"
        body = f"<CreateBucketConfiguration>{constraint}</CreateBucketConfiguration>"
        content = b"" if region == "us-east-1" else body.encode()
        await self._account.call_host(
            service_names.service("s3").host(region), rest_request("PUT", f"/{bucket}", content)
        )
        return bucket


def _texts(value: Any) -> Any:
    """Return properties as a custom resource receives them: every value that is not a list or an object is a text."""
    if isinstance(value, Unknown):
        return ""
    if isinstance(value, Mapping):
        return {str(name): _texts(item) for name, item in value.items()}
    return [_texts(item) for item in value] if isinstance(value, list | tuple) else as_text(value)
