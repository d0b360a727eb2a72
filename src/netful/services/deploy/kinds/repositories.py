"""ECR's repositories of a template."""

from collections.abc import Iterator

from netful.model.core import is_set, is_true
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import LOWER, JsonService, Kind, Wanted
from netful.services.http.message import Request

_ECR = JsonService("AmazonEC2ContainerRegistry_V20150921")
_MUTABLE = "MUTABLE"


def _make(one: Wanted) -> list[Request]:
    encryption = one.set("EncryptionConfiguration").get("EncryptionConfiguration")
    more = {"encryptionConfiguration": _lower(encryption)} if encryption is not None else {}
    return [_ECR("CreateRepository", repositoryName=one.name, **more)]


def _parts(one: Wanted) -> Iterator[Part]:
    named = {"repositoryName": one.name}
    mutability = one.text("ImageTagMutability", _MUTABLE)
    yield Part(("mutability",), _ECR("PutImageTagMutability", **named, imageTagMutability=mutability))
    scanning = {"scanOnPush": is_true(one.mapping("ImageScanningConfiguration").get("ScanOnPush"))}
    yield Part(("scanning",), _ECR("PutImageScanningConfiguration", **named, imageScanningConfiguration=scanning))
    lifecycle = one.mapping("LifecyclePolicy").get("LifecyclePolicyText")
    if isinstance(lifecycle, str):
        put = _ECR("PutLifecyclePolicy", **named, lifecyclePolicyText=lifecycle)
        yield Part(("lifecycle",), put, _ECR("DeleteLifecyclePolicy", **named))
    if is_set(one.properties.get("RepositoryPolicyText")):
        put = _ECR("SetRepositoryPolicy", **named, policyText=one.document("RepositoryPolicyText"))
        yield Part(("policy",), put, _ECR("DeleteRepositoryPolicy", **named))
    arn = one.arn("ecr", f"repository/{one.name}")
    yield from one.tags(_ECR, {"resourceArn": arn}, members=LOWER)


def _delete(one: Wanted) -> list[Request]:
    return [_ECR("DeleteRepository", repositoryName=one.name, force=True)]


def _lower(members: dict[str, object]) -> dict[str, object]:
    """Return members named as ECR's API names them."""
    return {name[:1].lower() + name[1:]: value for name, value in members.items()}


KINDS: dict[str, Kind] = {"AWS::ECR::Repository": Kind("ecr.api", "RepositoryName", _make, _delete, _parts)}
