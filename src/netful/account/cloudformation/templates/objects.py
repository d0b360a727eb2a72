"""Objects in S3 that templates name: the code of functions, the content of layers, definitions of APIs, nested templates."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.records import STACK
from netful.account.cloudformation.templates import macros
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core import Resource, SourceError
from netful.services.http.backend_requests import call_bucket
from netful.sources.account.deployed_stack import Address, DeployedStack, address_of
from netful.sources.files.whole_file import write_whole

_PROPERTIES = ("Code", "Content", "BodyS3Location", "DefinitionS3Location")


async def fetched(account: Account, address: Address) -> bytes | None:
    """Return the content of an object, None if it does not exist."""
    response = await call_bucket(account.call_host, account.cloud.region, "cloudformation", "GET", address)
    return response.body if response.status == 200 else None


async def forget(account: Account, address: Address) -> None:
    """Delete an object, and its bucket if that was the last one in it."""
    for place in (address, address[:1]):
        await call_bucket(account.call_host, account.cloud.region, "cloudformation", "DELETE", place)


async def with_objects(
    account: Account, stack: DeployedStack, others: tuple[DeployedStack, ...]
) -> tuple[DeployedStack, Cloud]:
    """Return a stack with the objects that its template names, and the cloud that would be with it.

    Nested templates name objects themselves, so the templates are read again until no more are found. Raises
    DeploymentError for an object that does not exist.
    """
    while True:
        cloud = await account.would_be((*others, stack))
        found = {address: one for one, address in _named(cloud, stack.name) if address not in stack.objects}
        if not found:
            return stack, cloud
        objects = {address: await _stored(account, address, one) for address, one in found.items()}
        stack = replace(stack, objects={**stack.objects, **objects})


def belongs(resource_stack: str, stack: str) -> bool:
    """Return whether a stack is another one, or nested in it."""
    return resource_stack == stack or resource_stack.startswith(f"{stack}/")


def _named(cloud: Cloud, stack: str) -> Iterator[tuple[Resource, Address]]:
    for resource in cloud.template.resources.values():
        if not belongs(resource.stack, stack):
            continue
        named: list[Any] = [resource.properties.get(name) for name in _PROPERTIES]
        if resource.type == STACK:
            named.append(resource.properties.get("TemplateURL"))
        for value in named:
            address = address_of(value)
            if address is not None:
                yield resource, address


async def _stored(account: Account, address: Address, resource: Resource) -> Path:
    """Return the local copy of an object: of a nested template, what its macros make of it.

    An object with another content gets another path.
    """
    content = await fetched(account, address)
    if content is None:
        raise DeploymentError(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
            resource.id,
        )
    if resource.type == STACK:
        content = await _expanded(account, content, resource)
    name = Path(address[1]).name or "object"
    file = account.folder / "objects" / sha256(repr(address).encode() + content).hexdigest()[:32] / name
    try:
        write_whole(file, content)
    except OSError as error:
        raise DeploymentError(f"the object cannot be kept at `{file}`: {error.strerror}", resource.id) from error
    return file


async def _expanded(account: Account, content: bytes, resource: Resource) -> bytes:
    """Return a nested template after its macros, with the values that its parent gives it."""
    given = resource.properties.get("Parameters")
    values = {str(name): str(one) for name, one in given.items()} if isinstance(given, Mapping) else {}
    try:
        return (await macros.expanded(account, content.decode(errors="replace"), values)).encode()
    except SourceError:
        return content  # the reader of the nested template refuses it
    except ApiError as error:
        raise DeploymentError(error.message, resource.id) from error
