"""CloudFront as a caller of its origins: the access that a bucket or a function URL gives to its signed requests.

| origin | admits the distribution |
|---|---|
| a bucket | by its policy: the service `cloudfront.amazonaws.com` with the distribution as `aws:SourceArn`, or the identity; the method is the action, and the bucket's root lists it |
| a function URL with `AWS_IAM` | by a permission of the function for that service and distribution |

Without an origin access control, requests are not signed: such a function URL then refuses them. It also refuses a body whose hash
the client did not send, since CloudFront signs the hash and Lambda takes no unsigned body.
"""

from netful.engine.authorization.function_urls import assumed, target_of, url_at
from netful.engine.authorization.permissions import INVOKE, INVOKE_URL
from netful.engine.authorization.service_permissions import permits
from netful.engine.iam import policies, resource_policies
from netful.engine.iam.authorization import Caller
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown
from netful.model.names import service_names
from netful.model.names.arns import aws_arn
from netful.model.names.distributions import Distribution, DistributionOrigin, OriginAccess
from netful.model.names.generated.iam_names import canonical_user

PRINCIPAL = "cloudfront.amazonaws.com"
_SIGNED = {"s3": "s3", "lambda-url": "lambda"}
_READS = ("GET", "HEAD")
_WITH_BODY, _HASH = ("POST", "PUT", "PATCH"), "x-amz-content-sha256"
_ACTIONS = {"PUT": "s3:PutObject", "DELETE": "s3:DeleteObject", **dict.fromkeys(_READS, "s3:GetObject")}
"""Action on an object, by the method; that of another method is not known."""


class Access(Frozen):
    """Decision of an origin about a distribution's requests, None if it is not known, with the reason and what would admit them."""

    rule: str
    admitted: bool | None = None
    remedy: str = ""
    assumptions: tuple[str, ...] = ()


def caller_of(cloud: Cloud, distribution: Distribution, access: OriginAccess) -> Caller:
    """Return the caller that signs a distribution's requests: the service, or its older identity."""
    account = cloud.account_of(distribution.id)
    if access.identity:
        region, user = cloud.region_of(distribution.id), f"user/CloudFront Origin Access Identity {access.identity}"
        name = aws_arn("iam", region, "cloudfront", user)
        return Caller(name, (name, canonical_user(access.identity)), account, party=True)
    return Caller(_arn(cloud, distribution), (PRINCIPAL,), account, party=True)


def _arn(cloud: Cloud, distribution: Distribution) -> str:
    return cloud.arn("cloudfront", f"distribution/{distribution.aws_id}", distribution.id)


def context_of(caller: Caller) -> dict[str, str]:
    """Return the condition keys of a request that CloudFront signs as a service."""
    if PRINCIPAL not in caller.names:
        return {}
    return {
        "aws:SourceArn": caller.arn,
        "aws:SourceAccount": caller.account_id,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": PRINCIPAL,
    }


def is_signed(origin: DistributionOrigin, *, has_authorization: bool) -> OriginAccess | None:
    """Return the access by which a request to an origin is signed; None if it is not."""
    access = origin.access
    if not isinstance(access, OriginAccess) or access.signing == "never":
        return None
    return None if access.signing == "no-override" and has_authorization else access


def judge(
    cloud: Cloud, distribution: Distribution, origin: DistributionOrigin, host: str, path: str, method: str = "GET"
) -> Access | None:
    """Return whether an origin's own policy admits a distribution's request; None for an origin without such a policy."""
    url = url_at(cloud, host)
    if url is not None:
        return _to_function(cloud, distribution, origin, url, method)
    bucket = bucket_of(host)
    return _to_bucket(cloud, distribution, origin, bucket, path, method) if bucket else None


def bucket_of(host: str) -> str:
    """Return the bucket of a host of S3; "" for any other host."""
    found = service_names.service_of_host(host)
    label, separator, _ = host.partition(".s3")
    return label if separator and found is not None and found[0].code == "s3" else ""


def service_of(host: str) -> str | None:
    """Return the service, as signatures name it, of a host whose requests CloudFront signs; None for any other host."""
    found = service_names.service_of_host(host)
    return _SIGNED.get(found[0].code) if found is not None else None


def _to_function(
    cloud: Cloud, distribution: Distribution, origin: DistributionOrigin, url: Resource, method: str
) -> Access | None:
    if url.properties.get("AuthType") != "AWS_IAM":
        return None
    if isinstance(origin.access, Unknown):
        return Access(f"whether {distribution.id} signs requests is not known")
    if is_signed(origin, has_authorization=False) is None:
        rule = f"{url.id} requires IAM, and {distribution.id} does not sign its requests"
        remedy = f"give the origin of `{distribution.id}` an origin access control that signs `always`"
        return Access(rule, admitted=False, remedy=remedy)
    function = target_of(url)
    if isinstance(function, Unknown):
        return Access(f"the function of {url.id} is not known")
    arn = _arn(cloud, distribution)
    permitted, granted = (
        permits(cloud, PRINCIPAL, arn, function, action, by_url=True) for action in (INVOKE_URL, INVOKE)
    )
    remedy = f"let `{PRINCIPAL}` invoke the URL `{url.id}` by an `AWS::Lambda::Permission` with the distribution as `SourceArn`"
    rule = f"{url.id} requires IAM, and " + (
        f"a permission admits {distribution.id}" if permitted else f"no permission admits {distribution.id}"
    )
    hashed = (f"the client sends the SHA-256 hash of its body in {_HASH}, which {distribution.id} signs",)
    return Access(
        rule,
        permitted,
        "" if permitted else remedy,
        (*assumed(url, granted), *(hashed if method in _WITH_BODY else ())),
    )


def _to_bucket(
    cloud: Cloud, distribution: Distribution, origin: DistributionOrigin, bucket: str, path: str, method: str
) -> Access | None:
    access, name = is_signed(origin, has_authorization=False), cloud.named(bucket)
    lists = path in ("", "/") and method in _READS
    action = "s3:ListBucket" if lists else _ACTIONS.get(method)
    does = f"{distribution.id} {'list it' if lists else 'read' if method in _READS else f'send {method} {path}'}"
    if access is None or action is None or name not in cloud.template.resources:
        return Access(f"the bucket {bucket} lets {does}")
    arn = cloud.arn("s3", bucket, name)
    document = resource_policies.policy_of(arn, resource_policies.documents(cloud))
    caller = caller_of(cloud, distribution, access)
    context = context_of(caller) | {"aws:SecureTransport": "true"}
    request = policies.PolicyRequest(action, arn if lists else f"{arn}{path}", parties=caller.names, context=context)
    outcome = policies.evaluate(document or {}, request).outcome
    if outcome == "allow":
        return Access(f"the policy of {name} lets {does}", admitted=True)
    if outcome == "unknown" or resource_policies.some_unread(cloud, "AWS::S3::BucketPolicy"):
        return Access(f"the policy of {name}, which is not known, lets {does}")
    remedy = f"allow `{action}` in the bucket policy of `{name}` for `{caller.names[0]}`"
    if lists:
        remedy = f"set a default root object of `{distribution.id}`"
    return Access(f"the policy of {name} does not let {does}", admitted=False, remedy=remedy)
