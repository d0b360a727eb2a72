"""S3's check of the destinations of notifications: each function, queue and topic must be there, and let the bucket send to it.

A destination of another account or region is taken to let it. `x-amz-skip-destination-validation` turns the check off.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from netful.engine.authorization.permissions import function_of
from netful.engine.authorization.service_permissions import permits
from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.model.cloud import Cloud
from netful.model.core import mapping
from netful.model.json_texts import from_json
from netful.model.names.arns import aws_arn
from netful.model.names.service_names import service
from netful.services.front.faults import aws_error
from netful.services.front.routing import ServiceRoute, route
from netful.services.front.s3_actions import place
from netful.services.http.backend_requests import CallHost, json_request, query_request
from netful.services.http.message import Request, Response

_S3, _SKIP = "s3.amazonaws.com", "x-amz-skip-destination-validation"
_DESTINATIONS = ("CloudFunction", "Queue", "Topic")
_MESSAGE = "Unable to validate the following destination configurations"


class BucketNotifications:
    """Handler of S3: the back end answers, but for the configurations that S3 refuses."""

    def __init__(self, cloud: Callable[[], Cloud], call_host: CallHost) -> None:
        self._cloud = cloud
        self._call_host = call_host

    def handle(self, request: Request) -> Awaitable[Response]:
        """Answer a request."""
        found = route(self._cloud(), request)
        if request.method == "PUT" and "notification" in parse_qs(request.query, keep_blank_values=True):
            assert isinstance(found, ServiceRoute)
            return self._configured(found, request)
        return self._call_host(found.host, request)

    async def _configured(self, found: ServiceRoute, request: Request) -> Response:
        bucket = aws_arn("s3", found.region, "", place(found.host, request)[0])
        try:
            root = ET.fromstring(request.body)  # noqa: S314  # entities are not expanded without their declaration
        except ET.ParseError:
            return await self._call_host(found.host, request)
        checked = request.header(_SKIP).lower() != "true"
        for kind in _DESTINATIONS if checked else ():
            for one in root.iterfind(f"{{*}}{kind}Configuration/{{*}}{kind}"):
                if not await self._admits(one.text or "", bucket):
                    return aws_error(found.host, "", 400, "InvalidArgument", _MESSAGE)
        return await self._call_host(found.host, request)

    async def _admits(self, arn: str, bucket: str) -> bool:
        cloud = self._cloud()
        _, _, kind, region, account, *_ = (*arn.split(":"), "", "", "", "", "")
        if (region, account) != (cloud.region, cloud.account_id):
            return True
        if kind == "lambda":
            there = function_of(cloud, arn) in cloud.compute.functions
            return there and permits(cloud, _S3, bucket, arn) is not False
        policy = await (self._of_queue(arn) if kind == "sqs" else self._of_topic(arn))
        request = PolicyRequest(
            "sqs:SendMessage" if kind == "sqs" else "sns:Publish",
            arn,
            parties=(_S3,),
            context={"aws:SourceArn": bucket, "aws:SourceAccount": cloud.account_id},
            absent=frozenset({"aws:SourceOwner"}),
        )
        return policy is not None and evaluate(mapping(from_json(policy or "{}")), request).outcome != "deny"

    async def _of_queue(self, arn: str) -> str | None:
        """Return the policy of a queue; None if there is no such queue."""
        host, (_, _, _, _, account, name) = service("sqs").host(self._cloud().region), arn.split(":", 5)
        content = {"QueueUrl": f"https://{host}/{account}/{name}", "AttributeNames": ["Policy"]}
        answer = await self._call_host(host, json_request("AmazonSQS.GetQueueAttributes", content, version="1.0"))
        found = mapping(from_json(answer.body.decode())) if answer.status == 200 else {}
        return str(mapping(found.get("Attributes")).get("Policy", "")) if answer.status == 200 else None

    async def _of_topic(self, arn: str) -> str | None:
        """Return the policy of a topic; None if there is no such topic."""
        host = service("sns").host(self._cloud().region)
        answer = await self._call_host(host, query_request("GetTopicAttributes", "2010-03-31", {"TopicArn": arn}))
        if answer.status != 200:
            return None
        entries = ET.fromstring(answer.body).iterfind(".//{*}entry")  # noqa: S314  # of the stack's own back end
        return next((one.findtext("{*}value", "") for one in entries if one.findtext("{*}key") == "Policy"), "")
