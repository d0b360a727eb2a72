"""Forms of AWS's ids outside EC2 and load balancing, by type of resource.

A form is a text with fields: `{lower10}` is ten letters and digits that follow from account, region and name. `{region}`,
`{account}` and `{partition}` are those of the place. A name that has the form already is the id itself, as of what a call made.
"""

import re
import string
import uuid
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from netful.model.names.partitions import partition

_LETTERS: Mapping[str, str] = {
    "hex": string.digits + "abcdef",
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "mixed": string.ascii_letters + string.digits,
}
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ENOUGH: Mapping[str, str] = {"hex": "{8,17}", "upper": "{8,31}"}
"""The numbers of letters of ids that are also accepted: older ones have fewer, others have more."""

_FIELD = re.compile(r"{(?P<kind>[a-z]+)(?P<length>\d*)}")
_PLACE = frozenset({"region", "account", "partition"})

HOSTED_ZONE = "Z{upper20}"
FORMS: Mapping[str, str] = {
    "AWS::AmazonMQ::Broker": "b-{uuid}",
    "AWS::ApiGateway::ApiKey": "{lower10}",
    "AWS::ApiGateway::DomainNameV2": "{lower10}",
    "AWS::CertificateManager::Certificate": "arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
    "AWS::CloudFront::CachePolicy": "{uuid}",
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": "E{upper13}",
    "AWS::CloudFront::Distribution": "E{upper13}",
    "AWS::CloudFront::OriginAccessControl": "E{upper13}",
    "AWS::CloudFront::OriginRequestPolicy": "{uuid}",
    "AWS::CloudFront::VpcOrigin": "vo_{mixed22}",
    "AWS::Cognito::IdentityPool": "{region}:{uuid}",
    "AWS::Cognito::UserPool": "{region}_{mixed9}",
    "AWS::Cognito::UserPoolClient": "{lower26}",
    "AWS::DirectoryService::MicrosoftAD": "d-{hex10}",
    "AWS::DirectoryService::SimpleAD": "d-{hex10}",
    "AWS::EFS::AccessPoint": "fsap-{hex17}",
    "AWS::EFS::FileSystem": "fs-{hex17}",
    "AWS::EFS::MountTarget": "fsmt-{hex17}",
    "AWS::S3Files::AccessPoint": "fsap-{hex17}",
    "AWS::S3Files::FileSystem": "fs-{hex17}",
    "AWS::S3Files::MountTarget": "fsmt-{hex17}",
    "AWS::FSx::FileSystem": "fs-{hex17}",
    "AWS::KMS::Key": "{uuid}",
    "AWS::Lambda::EventSourceMapping": "{uuid}",
    "AWS::OpenSearchServerless::VpcEndpoint": "vpce-{hex17}",
    "AWS::Route53::HealthCheck": "{uuid}",
    "AWS::Route53::HostedZone": HOSTED_ZONE,
    "AWS::Route53Profiles::Profile": "rp-{hex17}",
    "AWS::Route53Profiles::ProfileAssociation": "rpassoc-{hex17}",
    "AWS::Route53Profiles::ProfileResourceAssociation": "rpr-{hex17}",
    "AWS::Route53Resolver::FirewallDomainList": "rslvr-fdl-{hex17}",
    "AWS::Route53Resolver::FirewallRuleGroup": "rslvr-frg-{hex17}",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": "rslvr-frgassoc-{hex17}",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "rqlc-{hex17}",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": "rqlca-{hex17}",
    "AWS::Route53Resolver::ResolverRule": "rslvr-rr-{hex17}",
    "AWS::Route53Resolver::ResolverRuleAssociation": "rslvr-rrassoc-{hex17}",
    "AWS::ServiceDiscovery::HttpNamespace": "ns-{lower16}",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "ns-{lower16}",
    "AWS::ServiceDiscovery::PublicDnsNamespace": "ns-{lower16}",
    "AWS::ServiceDiscovery::Service": "srv-{lower16}",
    "AWS::Transfer::Server": "s-{hex17}",
}
"""The forms of ids, by type of resource."""

RESOLVER_ENDPOINT = "AWS::Route53Resolver::ResolverEndpoint"


def form_of(kind: str, direction: object = None) -> str | None:
    """Return the form of the ids of a type; `direction` is a resolver endpoint's. None for a type without a form."""
    if kind == RESOLVER_ENDPOINT:
        return "rslvr-in-{hex17}" if direction == "INBOUND" else "rslvr-out-{hex17}"
    return FORMS.get(kind)


def formed(form: str, account_id: str, region: str, name: str) -> str:
    """Return the id of a form for a name: the name itself if it has the form."""
    place = {"region": region, "account": account_id, "partition": partition(region)}
    if _pattern(form).fullmatch(name):
        return name
    if form.endswith("{uuid}") and is_uuid(name):  # what a call made
        return _FIELD.sub(lambda field: place.get(field["kind"], name), form)
    seed = f"{account_id}/{region}/{form}/{name}"

    def filled(field: re.Match[str]) -> str:
        kind, length = field["kind"], field["length"]
        if kind in _PLACE:
            return place[kind]
        return uuid_of(seed) if kind == "uuid" else letters(seed, _LETTERS[kind], int(length))

    return _FIELD.sub(filled, form)


@lru_cache
def _pattern(form: str) -> re.Pattern[str]:
    parts = _FIELD.split(form)
    found = [re.escape(parts[0])]
    for kind, length, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        own = (
            "[^:/]*"
            if kind in _PLACE
            else _UUID
            if kind == "uuid"
            else f"[{_LETTERS[kind]}]{_ENOUGH.get(kind) or f'{{{length}}}'}"
        )
        found += [own, re.escape(text)]
    return re.compile("".join(found))


def uuid_of(text: str) -> str:
    """Return the UUID that follows from a text."""
    return str(uuid.UUID(bytes=sha256(text.encode()).digest()[:16], version=4))


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID."""
    return re.fullmatch(_UUID, text) is not None


def letters(text: str, alphabet: str, count: int) -> str:
    """Return a number of letters that follow from a text."""
    return "".join(alphabet[byte % len(alphabet)] for byte in sha256(text.encode()).digest()[:count])
