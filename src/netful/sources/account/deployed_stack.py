"""A stack that was deployed by CloudFormation's API: its template, its values, and its objects in S3."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import field

from netful.model.core import Frozen

Address = tuple[str, str]
"""Bucket and key of an object."""

CUSTOM_TYPES = ("Custom::", "AWS::CloudFormation::CustomResource")
"""The beginnings of the types of custom resources."""

LAYER, VERSION = "AWS::Lambda::LayerVersion", "AWS::Lambda::Version"
"""The types of versions of layers and functions, whose numbers their deployment gives."""

_BUCKET_MEMBERS = ("S3Bucket", "Bucket", "BucketName")
_KEY_MEMBERS = ("S3Key", "Key", "ObjectKey")
_VIRTUAL_HOST = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_PATH_HOST = re.compile(r"s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?|127\.0\.0\.1|localhost")


class DeployedStack(Frozen):
    """A stack of the account.

    `given` are the values of its parameters, and of the pseudo parameters that are its own. `objects` are local files by
    their address in S3. `made` are the answers of custom resources, by stack (this one, or one nested in it) and logical
    id: each has its physical id as `Ref`, and its attributes; so have the versions of functions and layers. `generations`
    are how often resources were replaced, by the same places. `unmade` are logical ids of the stack's own resources that
    its deployment failed to make: they are not there. `tags` are those of the stack, which its resources have too. `ids`
    are the names in the cloud of resources that it imports, or that it makes beside former ones which stay, by logical id.
    """

    name: str
    file: Path
    given: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[Address, Path] = field(default_factory=dict)
    made: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    generations: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unmade: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id of the stack."""
        return self.given.get("AWS::StackId", "")


class DeployedStacks(Frozen):
    """All stacks that were deployed beside the sources of a load.

    `known_ids` are the ids that their resources have had, by stack and logical id. `taken` are those of the account's resources
    that no stack has. `without` are stacks of the sources that
    were deleted. `made` are the answers of custom resources in the stacks of the sources, as a deployed stack has them.
    """

    stacks: Sequence[DeployedStack] = ()
    known_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    without: Collection[str] = ()
    made: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    taken: Collection[str] = ()


def nested_name(root_id: str, path: str) -> str:
    """Return the name of a nested stack by its path from the stack that was deployed: `PARENT-LOGICALID-RANDOM`."""
    parent, _, logical_id = path.rpartition("/")
    outer = nested_name(root_id, parent) if "/" in parent else parent
    digest = sha256(f"{root_id}/{path}".encode()).hexdigest().upper()
    return f"{outer[:64]}-{logical_id[:48]}-{digest[:12]}"


def nested_id(root_id: str, path: str) -> str:
    """Return the id of a nested stack, by that of the stack that was deployed and the path from it."""
    digest = sha256(f"{root_id}/{path}".encode()).hexdigest()
    start = root_id.partition(":stack/")[0]
    return f"{start}:stack/{nested_name(root_id, path)}/{uuid.UUID(digest[:32])}"


def address_of(value: Any) -> Address | None:
    """Return the address of the object that a property names: by members for bucket and key, by an S3 URL, or not at all."""
    if isinstance(value, str):
        return _of_url(value)
    if not isinstance(value, Mapping):
        return None
    bucket = next((value[name] for name in _BUCKET_MEMBERS if isinstance(value.get(name), str)), None)
    key = next((value[name] for name in _KEY_MEMBERS if isinstance(value.get(name), str)), None)
    return (bucket, key) if bucket and key else None


def _of_url(text: str) -> Address | None:
    url = urlsplit(text) if "://" in text else None
    if url is None:
        return None
    path, host = unquote(url.path).lstrip("/"), url.hostname or ""
    if url.scheme == "s3":
        return (host, path) if path else None
    if url.scheme not in ("http", "https"):
        return None
    if _PATH_HOST.fullmatch(host):
        bucket, _, key = path.partition("/")
        return (bucket, key) if key else None
    virtual = _VIRTUAL_HOST.fullmatch(host)
    return (virtual["bucket"], path) if virtual and path else None
