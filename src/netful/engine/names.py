"""Names: what a host name gives to who asks from inside a VPC, or from outside any (vpc-network §5.2, §6).

The order in which something answers, first match:

1. without `enableDnsSupport` nobody: the query times out;
2. an endpoint-specific name gives that endpoint's private addresses, everywhere: these records are public;
3. inside a VPC, private DNS of an interface endpoint, if the VPC has both DNS attributes;
4. names of interfaces by address (`ip-10-0-1-5.…`, `ec2-203-0-113-7.…`); only inside does the second give a private one;
5. AWS's services by their public names;
6. any other public name: it exists, unless it stands under a name that nobody can have registered.

`resolve` is total: what is wrong is in the answer (`status`, `code`), never an exception. The resolver is not
filtered by groups or ACLs and needs no route (§0.5), so the answer depends on nothing but the VPC and the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Literal

from netful.engine import endpoint_names
from netful.model import addresses, catalog
from netful.model.cloud import Cloud
from netful.model.endpoint import EndpointType, VpcEndpoint
from netful.model.origin import DEFAULT, Origin
from netful.model.vpc import Vpc

Status = Literal["NOERROR", "NXDOMAIN", "TIMEOUT"]

NO_RESOLVER = "NETFUL_DNS_NO_RESOLVER"
NXDOMAIN = "NETFUL_DNS_NXDOMAIN"
RESOLVES_PUBLIC = "NETFUL_DNS_RESOLVES_PUBLIC"
CAPTURED_BY_ENDPOINT = "NETFUL_DNS_CAPTURED_BY_ENDPOINT"

_UNREGISTERED = ("internal", "invalid", "test", "local", "localhost", "lan", "home", "corp", "intranet", "private")
"""Top-level names that public DNS never answers (RFC 2606, RFC 6762 and common private use)."""

_INTERFACE_NAME = re.compile(
    r"(?P<kind>ip|ec2)-(?P<ip>\d{1,3}(?:-\d{1,3}){3})\."
    r"(?:ec2\.internal|[a-z0-9-]+\.compute\.internal|compute-1\.amazonaws\.com|[a-z0-9-]+\.compute\.amazonaws\.com)"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name gives. `zone` says who answers; `endpoint_id` is set where the addresses are an endpoint's.

    `addresses` is empty for NXDOMAIN and TIMEOUT, and for an endpoint whose subnets are not known.
    `code` tells what is remarkable, also when there is an answer (`NETFUL_DNS_RESOLVES_PUBLIC`); `remedy` then says
    what would make it another.
    """

    name: str
    addresses: tuple[IPv4Address, ...] = ()
    status: Status = "NOERROR"
    zone: str = "public DNS"
    endpoint_id: str | None = None
    code: str = ""
    assumptions: tuple[str, ...] = ()
    origin: Origin = DEFAULT
    remedy: str = ""


def resolve(cloud: Cloud, vpc_id: str | None, name: str) -> Answer:
    """What `name` gives when it is asked from a VPC (None: from outside any)."""
    host = name.lower().rstrip(".")
    vpc = _vpc(cloud, vpc_id) if vpc_id is not None else None
    if vpc is not None and not vpc.enable_dns_support:
        return Answer(name, status="TIMEOUT", zone=f"no resolver in {vpc.id}", code=NO_RESOLVER, origin=vpc.origin)
    named = endpoint_names.named_endpoint(cloud, host)
    if named is not None:
        endpoint, given = named
        zone = f"public DNS, a name of {endpoint.id}"
        return Answer(name, given, zone=zone, endpoint_id=endpoint.id, origin=endpoint.origin)
    return (
        (_private_dns(cloud, vpc, name, host) if vpc else None)
        or _interface(cloud, vpc, name, host)
        or _service(cloud, vpc, name, host)
        or _other(name, host)
    )


def _vpc(cloud: Cloud, vpc_id: str) -> Vpc:
    """The VPC that asks; one that was not loaded is taken to have both DNS attributes."""
    return cloud.vpcs.get(vpc_id) or Vpc(vpc_id, (), enable_dns_hostnames=True, region=cloud.region)


def _private_dns(cloud: Cloud, vpc: Vpc, name: str, host: str) -> Answer | None:
    endpoint = next((e for e in _endpoints(cloud, vpc, host) if e.private_dns_enabled), None)
    if endpoint is None or not vpc.enable_dns_hostnames:
        return None
    return Answer(
        name,
        endpoint_names.addresses(cloud, endpoint),
        zone=f"private DNS of {endpoint.id}",
        endpoint_id=endpoint.id,
        code=CAPTURED_BY_ENDPOINT if endpoint.service == "execute-api" else "",
        assumptions=(*endpoint.assumptions, *_taken_for_granted(cloud, vpc)),
        origin=endpoint.origin,
    )


def _taken_for_granted(cloud: Cloud, vpc: Vpc) -> tuple[str, ...]:
    return () if vpc.id in cloud.vpcs else (f"{vpc.id} has enableDnsSupport and enableDnsHostnames on",)


def _endpoints(cloud: Cloud, vpc: Vpc, host: str) -> list[VpcEndpoint]:
    """The VPC's interface endpoints whose private DNS covers, or would cover, the name."""
    return [
        endpoint
        for endpoint in cloud.endpoints_of(vpc.id)
        if endpoint.type is EndpointType.INTERFACE
        and endpoint.service
        and any(
            catalog.name_matches(pattern, host)
            for pattern in catalog.service(endpoint.service).private_names(endpoint_names.region_of(cloud, endpoint))
        )
    ]


def _interface(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> Answer | None:
    found = _INTERFACE_NAME.fullmatch(host)
    if not found:
        return None
    try:
        address = IPv4Address(found["ip"].replace("-", "."))
    except AddressValueError:
        return _missing(name)
    private = found["kind"] == "ip"
    eni = cloud.interface_at(vpc.id, address) if private and vpc else cloud.public_interface(address)
    if private:
        return Answer(name, (address,), zone=f"the resolver of {vpc.id}") if vpc and eni else _missing(name)
    inside = vpc is not None and eni is not None and cloud.vpc_of_interface(eni) == vpc
    if inside and vpc and vpc.enable_dns_hostnames and eni and eni.private_ip_address:
        return Answer(name, (eni.private_ip_address,), zone=f"the resolver of {vpc.id}")
    return Answer(name, (address,)) if eni else _missing(name)


def _service(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> Answer | None:
    found = catalog.service_of_host(host)
    if found is None:
        return None
    service, region = found
    address = addresses.service_address(service, region)
    bypassed = _endpoints(cloud, vpc, host) if vpc else []
    if not vpc or not bypassed:
        return Answer(name, (address,))
    endpoint = bypassed[0]
    why, remedy = "which has no private DNS", f"set `PrivateDnsEnabled: true` on `{endpoint.id}`"
    if endpoint.private_dns_enabled:
        why, remedy = f"since {vpc.id} has enableDnsHostnames off", f"set `EnableDnsHostnames: true` on `{vpc.id}`"
    return Answer(
        name,
        (address,),
        zone=f"public DNS, past {endpoint.id}, {why}",
        code=RESOLVES_PUBLIC,
        assumptions=endpoint.assumptions,
        origin=endpoint.origin,
        remedy=f"{remedy}, so that the name leads to the endpoint",
    )


def _other(name: str, host: str) -> Answer:
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _UNREGISTERED or not all(0 < len(label) <= 63 for label in labels):
        return _missing(name)
    return Answer(name, (addresses.host_address(host),))


def _missing(name: str) -> Answer:
    return Answer(name, status="NXDOMAIN", code=NXDOMAIN)
