"""Requests to custom resources: their functions are invoked, and what these put to the response URL counts (control-plane §3.7).

A `ServiceToken` is a function, or a topic whose subscribers receive the request.
"""

import asyncio
import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.stack_view import logical_id
from netful.account.cloudformation.templates.objects import fetched, forget
from netful.account.cloudformation.templates.parameters import as_text
from netful.account.wire.errors import refusal
from netful.model.core import NetfulError, Resource, Unknown, with_leaves
from netful.model.names import service_names
from netful.services.http.backend_requests import query_request, rest_request
from netful.sources.account.deployed_stack import DeployedStack

_SECONDS = 3600.0
_LOOK_SECONDS = 0.1
_SNS_VERSION, _SUBJECT = "2010-03-31", "AWS CloudFormation custom resource request"
Made = Mapping[str, Any]
"""An answer: the physical id as `Ref`, the properties that were sent, and the attributes."""


class CustomResourceError(DeploymentError):
    """A custom resource could not be made or changed. `left` is what it is now: a rollback takes that back."""

    def __init__(self, why: str, resource_id: str, left: Made) -> None:
        super().__init__(why, resource_id)
        self.left = left


class CustomRequests:
    """The requests to the custom resources of an account. `patience` are the seconds for an answer after the call."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.patience = _SECONDS

    async def ask(self, stack: DeployedStack, resource: Resource, kind: str, made: Made) -> Made:
        """Ask for a `Create`, an `Update` or a `Delete` of a resource; return what it is then.

        Raises DeploymentError, and where its own answer is that it failed, CustomResourceError.
        """
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
            "ResourceProperties": made["properties"] if kind == "Delete" else texts(resource.properties),
            **({"PhysicalResourceId": made.get("Ref")} if made else {}),
            **({"OldResourceProperties": made.get("properties", {})} if kind == "Update" else {}),
        }
        try:
            answer = await self._answer(token, json.dumps(request).encode(), (place, key), resource)
        finally:
            await forget(self._account, (place, key))  # at AWS, the bucket for answers is not in an account's list
        left = {
            "Ref": str(answer.get("PhysicalResourceId") or made.get("Ref") or key),
            "properties": request["ResourceProperties"],
        }
        if answer.get("Status") != "SUCCESS":
            raise CustomResourceError(
                f"Received response status [FAILED] from custom resource. Message returned: {answer.get('Reason', '')}"
                f" (RequestId: {request['RequestId']})",
                resource.id,
                left,
            )
        data = answer.get("Data")
        return {**(data if isinstance(data, dict) else {}), **left}

    async def _answer(self, token: str, event: bytes, place: tuple[str, str], resource: Resource) -> Mapping[str, Any]:
        seconds = resource.properties.get("ServiceTimeout")
        try:
            async with asyncio.timeout(float(seconds) if isinstance(seconds, int | str) else _SECONDS):
                await self._sent(token, event, resource)
                async with asyncio.timeout(self.patience):
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


def texts(value: Any) -> Any:
    """Return properties as a custom resource receives them: every value that is not a list or an object is a text."""
    return with_leaves(value, lambda one: "" if isinstance(one, Unknown) else as_text(one))
