"""ECR's repositories of a template."""

from collections.abc import Iterator, Mapping

from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import Kind, Place, Properties, document, is_known, known, mappings
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

_MUTABLE = "MUTABLE"


def _ecr(operation: str, **members: object) -> Request:
    return json_request(f"AmazonEC2ContainerRegistry_V20150921.{operation}", members)


def _make(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    encryption = properties.get("EncryptionConfiguration")
    more = {"encryptionConfiguration": _lower(known(encryption))} if is_known(encryption) else {}
    yield _ecr("CreateRepository", repositoryName=name, **more)


def _parts(name: str, properties: Properties, place: Place) -> Iterator[Part]:
    mutability = properties.get("ImageTagMutability")
    named = {"repositoryName": name}
    settings = {"imageTagMutability": mutability if isinstance(mutability, str) else _MUTABLE}
    yield Part(("mutability",), _ecr("PutImageTagMutability", **named, **settings))
    scanning = properties.get("ImageScanningConfiguration")
    on = isinstance(scanning, Mapping) and str(scanning.get("ScanOnPush")).lower() == "true"
    yield Part(
        ("scanning",), _ecr("PutImageScanningConfiguration", **named, imageScanningConfiguration={"scanOnPush": on})
    )
    lifecycle = properties.get("LifecyclePolicy")
    if isinstance(lifecycle, Mapping) and isinstance(lifecycle.get("LifecyclePolicyText"), str):
        put = _ecr("PutLifecyclePolicy", **named, lifecyclePolicyText=lifecycle["LifecyclePolicyText"])
        yield Part(("lifecycle",), put, _ecr("DeleteLifecyclePolicy", **named))
    policy = properties.get("RepositoryPolicyText")
    if is_known(policy):
        put = _ecr("SetRepositoryPolicy", **named, policyText=document(policy))
        yield Part(("policy",), put, _ecr("DeleteRepositoryPolicy", **named))
    arn = f"arn:aws:ecr:{place.region}:{place.account_id}:repository/{name}"
    for tag in mappings(properties, "Tags"):
        put = _ecr("TagResource", resourceArn=arn, tags=[{one: str(tag.get(one, "")) for one in ("Key", "Value")}])
        key = str(tag.get("Key"))
        yield Part(("tag", key), put, _ecr("UntagResource", resourceArn=arn, tagKeys=[key]))


def _delete(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _ecr("DeleteRepository", repositoryName=name, force=True)


def _lower(members: dict[str, object]) -> dict[str, object]:
    """Return members named as ECR's API names them."""
    return {name[:1].lower() + name[1:]: value for name, value in members.items()}


KINDS: dict[str, Kind] = {"AWS::ECR::Repository": Kind("ecr.api", "RepositoryName", _make, _delete, _parts)}
