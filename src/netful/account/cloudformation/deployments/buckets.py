"""Buckets that cannot be deleted: those with objects in them."""

from collections.abc import Collection

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.stack_view import inside, logical_id
from netful.model.names import service_names
from netful.services.http.backend_requests import rest_request


async def refuse_full_buckets(account: Account, stack: str, kept: Collection[str]) -> None:
    """Raise DeploymentError if a bucket of a stack that would be deleted has an object; `kept` stay."""
    host = service_names.service("s3").host(account.cloud.region)
    for resource in inside(account.cloud, stack):
        if resource.type != "AWS::S3::Bucket" or logical_id(resource) in kept or not isinstance(resource.ref, str):
            continue
        listed = await account.call_host(host, rest_request("GET", f"/{resource.ref}?list-type=2&max-keys=1"))
        if listed.status == 200 and b"<Key>" in listed.body:
            raise DeploymentError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Request ID: 0000000000000000)",
                resource.id,
            )
