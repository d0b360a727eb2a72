"""Names on the certificates of servers, compared with the name that a client calls (vpc-network §5.2, api-gateway §2.1).

| server | names on its certificate |
|---|---|
| an interface endpoint | its service's public names and the endpoint's own; for an associated private custom domain, that domain |
| the public front of API Gateway | a custom domain name's own, or those of all APIs' own names |
| a load balancer's secure listener | the names of the template's certificates; one known only by its ARN has any but AWS's own name of the load balancer |
| a host that runs a program | the `certificate` of `netful.toml` |

Load balancers and proxies do not check the certificates of the servers that they call. API Gateway does (`api_trace`).
CloudFront trusts public authorities only, which certify no name of AWS for a customer; another client may trust its own.
"""

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.names import api_aliases, api_names, endpoint_names, private_domains
from netful.engine.network.packet import Journey
from netful.engine.trace import api_fronts
from netful.engine.trace.ends.destinations import HostDestination
from netful.model.apis.api import ApiEndpointType
from netful.model.balancing.load_balancers import Listener
from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in, texts
from netful.model.names import service_names
from netful.model.network.vpc_endpoints import VpcEndpoint

_CERTIFICATE = "AWS::CertificateManager::Certificate"


def of_endpoint(cloud: Cloud, endpoint: VpcEndpoint, asked: str = "") -> tuple[str, ...]:
    """Return the names on the certificate that an endpoint shows to a client that calls the name `asked`."""
    if endpoint.service == "execute-api" and private_domains.is_associated(cloud, asked, endpoint.id) is not False:
        return (asked,)
    region = endpoint_names.region_of(cloud, endpoint)
    own = endpoint_names.regional_name(cloud, endpoint)
    subnets = (cloud.network.subnets.get(subnet_id) for subnet_id in endpoint.subnet_ids if isinstance(subnet_id, str))
    zones = dict.fromkeys(s.availability_zone for s in subnets if s and s.availability_zone)
    zonal = tuple(endpoint_names.zonal_name(cloud, endpoint, zone) for zone in zones if isinstance(zone, str))
    names = service_names.service(endpoint.service).public_names(region) if endpoint.service else ()
    return (*names, own, *zonal, *(f"*.{name}" for name in (own, *zonal)))


def of_manager(cloud: Cloud, certificate: Maybe[str]) -> tuple[str, ...]:
    """Return the names on a certificate of the template; empty if the certificate was not loaded."""
    resource = known_in(cloud.template.resources, certificate)
    if resource is None or resource.type != _CERTIFICATE:
        return ()
    written = [resource.properties.get("DomainName"), *texts(resource.properties.get("SubjectAlternativeNames"))]
    return tuple(dict.fromkeys(name.lower() for name in texts(written) if name))


def judge(cloud: Cloud, journey: Journey, target: HostDestination, *, forwarded: bool = False) -> tuple[Found, ...]:
    """Return a refusal if the certificate that the client receives is not valid for the name that it calls.

    `forwarded`: the client is CloudFront, for which a certificate for the Host that it sends is valid too.
    """
    shown = _shown(cloud, journey, target.host) if target.secure else None
    if shown is None:
        return ()
    component, names = shown
    called = {target.host, journey.request.host if forwarded and journey.request is not None else target.host}
    if not names:
        return _of_an_unknown_one(cloud, journey, called, forwarded=forwarded)
    if any(covers(name, host.lower().rstrip(".")) for name in names for host in called):
        return ()
    rule = f"its certificate is for {', '.join(names[:3])}, not for {target.host}"
    remedy = _association(cloud, journey, target.host)
    return (
        Finding(
            HopKind.TLS, target.host, Ruling("deny", component, rule, Code.NETFUL_TLS_NAME_MISMATCH, remedy=remedy)
        ),
    )


def _of_an_unknown_one(cloud: Cloud, journey: Journey, called: set[str], *, forwarded: bool) -> tuple[Found, ...]:
    """Return what the call of a load balancer by its own name means, whatever its certificate is."""
    listener = journey.secured_by
    balancer = known_in(cloud.balancing.load_balancers, listener.load_balancer_id) if listener is not None else None
    if balancer is None or not all(balancer.is_named(host) for host in called):
        return ()
    if not forwarded:
        return (Assumption(f"the client trusts a certificate of {balancer.id} for {balancer.dns_name}"),)
    rule = f"its certificate is not for {balancer.dns_name}: no public authority certifies a name of AWS"
    remedy = f"name the origin by a domain of the certificate, with a record that leads to `{balancer.id}`"
    ruling = Ruling("deny", balancer.id, rule, Code.NETFUL_TLS_NAME_MISMATCH, remedy=remedy)
    return (Finding(HopKind.TLS, balancer.dns_name, ruling),)


def _association(cloud: Cloud, journey: Journey, host: str) -> str:
    """Return the remedy that makes an execute-api endpoint show a private domain's certificate: an association."""
    endpoint = cloud.network.vpc_endpoints.get(journey.endpoint_id or "")
    if endpoint is None or endpoint.service != "execute-api" or journey.secured_by is not None:
        return ""
    named = api_names.domains_named(cloud, host.lower().rstrip("."))
    private = (each.id for each in named if each.endpoint_type is ApiEndpointType.PRIVATE)
    return next((f"associate `{id_}` with `{endpoint.id}`" for id_ in private), "")


def _shown(cloud: Cloud, journey: Journey, host: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the component that shows the client a certificate, with its names; empty names if they are not known."""
    listener = journey.secured_by
    if listener is not None:
        return str(listener.load_balancer_id), of_listener(cloud, listener)
    endpoint = cloud.network.vpc_endpoints.get(journey.endpoint_id or "")
    if endpoint is not None:
        return (endpoint.id, of_endpoint(cloud, endpoint, host.lower().rstrip("."))) if endpoint.service else None
    if region := api_fronts.region_of(cloud, journey):
        return host, _of_front(cloud, host, region)
    program = cloud.compute.programs.get(journey.end.owner_id) if journey.end is not None else None
    return (program.id, program.certificate_names) if program is not None else None


def _of_front(cloud: Cloud, host: str, region: str) -> tuple[str, ...]:
    """Return the names on the certificate for all APIs, which API Gateway shows for a name that is not a custom domain name."""
    if api_names.is_api_host(cloud, host) or api_aliases.leads_to_unloaded(cloud, host):
        return ()
    return service_names.service("execute-api").public_names(region)


def of_listener(cloud: Cloud, listener: Listener) -> tuple[str, ...]:
    """Return the names on the certificates of a listener; empty if one of them was not loaded."""
    each = [of_manager(cloud, certificate) for certificate in listener.certificates]
    return tuple(name for names in each for name in names) if all(each) else ()


def covers(name: str, host: str) -> bool:
    """Return whether a certificate's name matches a host: a wildcard matches exactly one label (RFC 6125)."""
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
