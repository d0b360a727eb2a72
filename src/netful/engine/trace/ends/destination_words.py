"""Destinations in the syntax of the command line.

| form | destination |
|---|---|
| `LogicalId`, `LogicalId:tcp/443` | a resource, at a port of it; also by its construct's path in the CDK application |
| `internet`, `internet:tcp/443`, `internet6`, `on-premises` | outside |
| `HOST:tcp/5432`, `internet:HOST` | a host by its name, which the source resolves |
| `10.0.1.5:tcp/22`, `10.0.0.0/24:udp/53`, `10.0.1.5:icmp` | an address or a range |
| `aws:ssm`, `aws:ssm:tcp/80`, `aws:s3:GetObject` | an AWS service by its regional name, at a port of it, or an action of it |
| `https://HOST/path`, `POST https://HOST/path Host: NAME` | a URL, its method (else GET for an API) and headers of the request |
| `LogicalId` of a distribution or a function URL | its URL |
| `LogicalId` of a bucket, a table, a queue and the like | the regional name of its service |
| `LogicalId` of a service of App Runner, an AppSync API, a search domain and the like outside a VPC | its public endpoint |
| `ApiLogicalId GET /stage/path`, `… Name: VALUE` | a request to an API by its own name, and headers of it |
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from netful.engine.admission.requests import METHOD_OVERRIDE, ApiRequest
from netful.engine.authorization.function_urls import URL, host_of
from netful.engine.files.mounts import targets_of
from netful.engine.flows.flow import ANY_PORT, Ports, network_of
from netful.engine.http.headers import Headers
from netful.engine.iam import resource_policies
from netful.engine.iam.service_actions import action_of, prefix_of
from netful.engine.names import api_names, endpoint_names, file_system_names, managed_places, service_connect
from netful.engine.names.endpoint_names import LATTICE_DOMAINS
from netful.engine.tasks.places import refuse_without_tasks
from netful.engine.trace.ends import in_aws_network
from netful.engine.trace.ends.default_ports import default_port, default_service, ports_of, unknown_port
from netful.engine.trace.ends.destinations import (
    AddressDestination,
    Destination,
    FunctionDestination,
    HostDestination,
    InterfaceDestination,
    OnPremisesDestination,
    Service,
)
from netful.engine.trace.ends.source_words import close, closest, network_or_none
from netful.model.cloud import Cloud
from netful.model.core import QuestionError, Resource, Unknown, whole_number, words_of
from netful.model.names import service_names
from netful.model.network import addresses, managed_ports
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ICMP, TCP, UDP
from netful.model.network.vpc import IPAddress
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

FORMS = (
    "a resource, `internet`, `aws:SERVICE`, a host or an address, each with `:tcp/PORT` where it needs one; `https://HOST/path`, "
    "`POST https://HOST/path`, or `Api GET /path` for a request to an API"
)

_SERVICE = re.compile(r":(?P<protocol>tcp|udp|icmp)(?:/(?P<first>\d+)(?:-(?P<last>\d+))?)?$")
_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
_INTERNET: dict[str, IPAddress] = {"internet": addresses.INTERNET_HOST, "internet6": addresses.INTERNET6_HOST}
_HEADERS = re.compile(r"(?<=[^:\s])\s+(?=[A-Za-z0-9-]+:)")  # a blank that follows a colon belongs to a header
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_API_REQUEST = re.compile(r"(\S+)\s+([A-Za-z]+)\s+(/\S*)(?:\s+(\S.*))?")
_URL_REQUEST = re.compile(r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<url>https?://.*)", re.DOTALL)
_NEARLY_REQUEST = re.compile(r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<api>[^\s/]*)(?P<path>/\S*)")
_REGISTRY = "ecr.dkr"
"""The service whose hosts begin with an account."""
_ANY = "any"
"""First label of a host of a service that has only hosts of its users, such as those of APIs."""
_WEBSITE = re.compile(r"\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?\.?$")
_PLAIN_WEB = Service(TCP, Ports(80, 80))
_LATTICE_SERVICE, _ENVIRONMENT = "AWS::VpcLattice::Service", "AWS::ElasticBeanstalk::Environment"
SERVICES = {
    "AWS::Bedrock::Agent": "bedrock-agent-runtime",
    "AWS::Bedrock::KnowledgeBase": "bedrock-agent-runtime",
    "AWS::BedrockAgentCore::Runtime": "bedrock-agentcore",
    "AWS::Cognito::UserPool": "cognito-idp",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::Events::EventBus": "events",
    "AWS::KMS::Key": "kms",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::KinesisFirehose::DeliveryStream": "kinesis-firehose",
    "AWS::Logs::LogGroup": "logs",
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::SageMaker::Endpoint": "sagemaker.runtime",
    "AWS::SSM::Parameter": "ssm",
    "AWS::SecretsManager::Secret": "secretsmanager",
    "AWS::StepFunctions::StateMachine": "states",
}
"""Resources that clients reach by the regional name of a service; interfaces of theirs in a VPC only start connections."""
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)+\.?")


def destination_of(
    cloud: Cloud, text: str, region: str = "", *, outside: bool = False
) -> tuple[Destination, tuple[str, ...]]:
    """Return the destination that a TO names, with the assumptions about it; raise QuestionError if it names none.

    `region` is that of the source, whose names AWS's services have; "" is the cloud's. `outside`: the clients are outside every
    VPC, where some names lead to public endpoints.
    """
    if found := _URL_REQUEST.fullmatch(text):
        url, *headers = found["url"].split(maxsplit=1)
        return _url(cloud, url, (found["method"] or "").upper(), _headers(text, *headers)), ()
    if text.startswith("aws:"):
        place, service = _split(text)
        target = _service(cloud, place, region or cloud.region)
        return replace(target, service=service or target.service), _of_strange_service(target)
    if found := _API_REQUEST.fullmatch(text):
        return _api_request(cloud, text, *found.groups()), ()
    place, service = _split(text)
    wanted = service or Service()
    if place == "on-premises":
        return OnPremisesDestination(wanted, place), ()
    if place in _INTERNET:
        return AddressDestination(network_of(_INTERNET[place]), wanted, place, named=True), ()
    if place.startswith("internet:"):
        return _host(cloud, place.removeprefix("internet:"), wanted), ()
    assumed = () if service else (f"the port is {wanted.ports}, as none was given",)
    network = network_or_none(place)
    if network is not None:
        return AddressDestination(network, wanted, place), assumed
    name = cloud.named(place.removeprefix("endpoint:"))
    public = in_aws_network.endpoint_of(cloud, cloud.template.resources.get(name), outside=outside)
    if public is not None:
        host, port, assumptions = public
        return HostDestination(host, service or Service(TCP, Ports(port, port)), name), assumptions
    return _resource(cloud, name, service)


def _split(text: str) -> tuple[str, Service | None]:
    found = _SERVICE.search(text)
    if not found:
        return text, None
    protocol = _PROTOCOLS[found["protocol"]]
    if protocol == ICMP:
        return text[: found.start()], Service(ICMP, ANY_PORT)
    first = whole_number(found["first"], -1)
    last = whole_number(found["last"], -1) if found["last"] else first
    if not 0 <= first <= last <= 65535:
        raise QuestionError(f"`{text}` has no port between 0 and 65535", hint=f"write `{found['protocol']}/443`")
    return text[: found.start()], Service(protocol, Ports(first, last))


def _headers(text: str, written: str | None = None) -> Headers:
    return tuple(_header(text, header) for header in _HEADERS.split(written)) if written else ()


def _header(text: str, header: str) -> tuple[str, str]:
    name, colon, value = header.partition(":")
    if not colon or not _HEADER_NAME.fullmatch(name) or not value.strip():
        raise QuestionError(
            f"`{text}` ends in `{header}`, which is not a header", hint="write `https://HOST/path Host: NAME`"
        )
    return name.lower(), value.strip()


def _url(cloud: Cloud, text: str, method: str, headers: Headers) -> Destination:
    try:
        parts = urlsplit(text)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise QuestionError(f"`{text}` is not a URL", hint="write `https://HOST/path`") from None
    service = Service(TCP, Ports(port, port))
    host = parts.hostname or ""
    network = network_or_none(host)
    if network is not None:
        return AddressDestination(network, service, host)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    found = replace(
        _host(cloud, host, service), method=method, path=path, headers=headers, secure=parts.scheme == "https"
    )
    if not api_names.is_api_host(cloud, host):
        return found
    return replace(found, action="execute-api:Invoke", request=request_to(found))


def request_to(target: HostDestination) -> ApiRequest:
    """Return the request that API Gateway receives from a client of a URL."""
    sent, (path, _, query) = dict(target.headers), target.path.partition("?")
    host, api_id = sent.get("host", target.host), sent.get("x-apigw-api-id", "")
    method = sent.get(METHOD_OVERRIDE, target.method or "GET")
    name = target.host if target.secure else ""
    return ApiRequest(host, method, path, api_id, headers=target.headers, query=query, server_name=name)


def _api_request(cloud: Cloud, text: str, name: str, method: str, path: str, written: str | None) -> HostDestination:
    api = cloud.apis.by_id.get(cloud.named(name))
    if api is None:
        place = _url_of(cloud, cloud.named(name))
        hint = f"ask for `{method.upper()} {place}{path}`" if place else closest(name, cloud.apis.by_id)
        raise QuestionError(f"there is no API `{name}`", hint=hint or "`netful show` lists the APIs")
    host = api_names.host_of(cloud, api)
    place, _, query = path.partition("?")
    headers = _headers(text, written)
    sent = dict(headers)
    request = ApiRequest(
        sent.get("host", host),
        sent.get(METHOD_OVERRIDE, method.upper()),
        place,
        headers=headers,
        query=query,
        server_name=host,
    )
    return HostDestination(host, Service(), text, "execute-api:Invoke", request=request)


def _url_of(cloud: Cloud, name: str) -> str:
    """Return the beginning of the URLs of a load balancer, a distribution or a function URL; "" for every other name."""
    balancer = cloud.balancing.load_balancers.get(name)
    if balancer is None:
        return f"https://{host}" if (host := _edge_host(cloud, name)) else ""
    secure = any(one.protocol == "HTTPS" for one in cloud.balancing.listeners_of(name))
    return f"{'https' if secure else 'http'}://{balancer.dns_name}"


def _host(cloud: Cloud, host: str, service: Service) -> HostDestination:
    if host.isdigit():
        raise QuestionError(f"`internet:{host}` has no protocol", hint=f"write `internet:tcp/{host}`")
    if not _HOST.fullmatch(host) and not service_connect.offers(cloud, host):
        raise QuestionError(f"`{host}` is not a host name", hint=_as_host(host))
    return HostDestination(host, service, host)


def _as_host(name: str) -> str:
    """Return the hint for a name that is not a host's: the form that DNS has for names with other letters, or the least labels."""
    try:
        written = name.encode("idna").decode()
    except UnicodeError:
        written = name
    is_international = not name.isascii() and _HOST.fullmatch(written)
    return f"write `{written}`" if is_international else "a host name has at least two labels: `example.com`"


def _service(cloud: Cloud, text: str, region: str) -> HostDestination:
    code, _, action = text.removeprefix("aws:").partition(":")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", code):
        raise QuestionError(f"`{text}` names no AWS service", hint="write `aws:ssm` or `aws:s3:GetObject`")
    if action and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", action):
        hint = f"write one action, as in `aws:s3:GetObject`, or a port: `aws:{code}:tcp/443`"
        raise QuestionError(f"`{action}` is not an action of `aws:{code}`", hint=hint)
    service = service_names.service(code)
    prefix = prefix_of(service.code)
    permission = (action_of(prefix, action) or f"{prefix}:{action}") if action else ""
    host = service.host(region)
    if service.hosts[0].startswith("*."):
        host = f"{cloud.account_id if service.code == _REGISTRY else _ANY}.{host}"
    return HostDestination(host, Service(), service.code, permission)


def _of_strange_service(target: HostDestination) -> tuple[str, ...]:
    """Return the assumption about a service that is not in the catalog: it may be new or misspelt."""
    if service_names.is_listed(target.label):
        return ()
    meant = closest(target.label, service_names.SERVICES)
    what = f"AWS has a service `{target.label}`, at {target.host}: it is not in the list of known services"
    return (f"{what}; {meant}" if meant else what,)


def without_tls(cloud: Cloud, target: Destination) -> tuple[str, ...]:
    """Return the assumption about a connection to tcp/80 of a service for which AWS lists HTTPS alone, or to tcp/443 of a website of S3."""
    if not isinstance(target, HostDestination | InterfaceDestination):
        return ()
    if isinstance(target, HostDestination) and target.secure and _WEBSITE.search(target.host.lower()):
        return (f"{target.host} answers at tcp/443: websites of S3 have only HTTP",)
    service, place = "", ""
    if isinstance(target, InterfaceDestination):
        endpoint = cloud.network.vpc_endpoints.get(target.name)
        service, place = endpoint.service if endpoint is not None else "", target.name
    elif api_names.is_api_host(cloud, target.host):
        service, place = "execute-api", target.host
    elif found := service_names.service_of_host(target.host):
        service, place = found[0].code, target.host
    if target.service != _PLAIN_WEB or not service_names.is_listed(service) or service_names.serves_plain_http(service):
        return ()
    return (f"{place} answers at tcp/80: AWS lists only HTTPS for `{service}`",)


def _resource(cloud: Cloud, name: str, service: Service | None) -> tuple[Destination, tuple[str, ...]]:
    if name in cloud.compute.functions:
        return FunctionDestination(name, service or Service()), ()
    endpoint = cloud.network.vpc_endpoints.get(name)
    if endpoint is not None and endpoint.type is EndpointType.GATEWAY:
        return _service(cloud, f"aws:{endpoint.service}", cloud.region_of(name)), ()
    wanted = service or Service()
    if endpoint is not None and endpoint.type in LATTICE_DOMAINS:
        return HostDestination(endpoint_names.lattice_name(cloud, endpoint), wanted, name), ()
    if endpoint is not None:
        return InterfaceDestination(name, endpoint_interfaces(cloud, endpoint), wanted), ()
    if name in cloud.apis.by_id:
        host = api_names.host_of(cloud, cloud.apis.by_id[name])
        return HostDestination(host, wanted, name, request=ApiRequest(host, path="")), ()
    if host := _edge_host(cloud, name):
        return HostDestination(host, wanted, name, path="/", secure=True), ()
    one = cloud.network.network_interfaces.get(name)
    found = cloud.network.places_of(name) or ((one,) if one else tuple(targets_of(cloud, name)))
    resource = cloud.template.resources.get(name)
    if resource is not None and resource.type in SERVICES and service is None:
        code = SERVICES[resource.type]
        target = _service(cloud, f"aws:{code}", cloud.region_of(name))
        return replace(target, resource=resource_policies.arn_of(cloud, resource, prefix_of(code))), (
            f"clients reach `{name}` by the regional name of `aws:{code}`",
        )
    if found:
        chosen = default_service(cloud, name, wanted.ports.first)
        if resource is not None and resource.type == _ENVIRONMENT:
            return InterfaceDestination(name, found, wanted), (f"`{name}` means its instances, not its load balancer",)
        if service:
            return InterfaceDestination(name, found, service), _of_strange_port(cloud, name, service)
        written = f"udp/{chosen.ports}" if chosen.protocol == UDP else chosen.ports
        unknown = unknown_port(cloud, name)
        usual = f"the port is {written}, the usual one: {unknown} is not known"
        return InterfaceDestination(name, found, chosen), (
            usual if unknown else f"the port is {written}, as none was given",
        )
    if resource is not None and resource.type == _LATTICE_SERVICE:
        return HostDestination(endpoint_names.lattice_host(cloud, name, "vpc-lattice-svcs"), wanted, name), ()
    if resource is not None and (leading := in_aws_network.private_endpoint(cloud, resource)):
        assumed = (
            f"clients reach `{name}` at `{leading.id}`, which admits the request, and know the name of `{name}` there"
        )
        return InterfaceDestination(name, endpoint_interfaces(cloud, leading), wanted), (assumed,)
    if resource is not None and (place := in_aws_network.private_place(resource)):
        return InterfaceDestination(name, (place,), wanted), ()
    refuse_without_tasks(cloud, resource)
    if resource is not None:
        placed = _is_placed(cloud, resource)
        why = "whose interfaces netful does not read" if placed else "which has no interface in a VPC"
        what = f"`{name}` is an `{resource.type}`, {why}"
        raise QuestionError(what, origin=resource.origin, hint=f"a service is named `aws:SERVICE`; otherwise: {FORMS}")
    if _is_foreign_host(cloud, name):
        if owner := managed_places.owner_of(cloud, name.lower().rstrip(".")):
            return _host(cloud, name, wanted), _of_strange_port(cloud, owner, wanted)
        told = f"`{name}` is a host: nothing that is loaded has this name"
        return _host(cloud, name, wanted), () if _is_loaded(cloud, name.lower().rstrip(".")) else (told,)
    raise QuestionError(f"`{name}` is not a destination", hint=_meant(cloud, name))


def _is_placed(cloud: Cloud, resource: Resource) -> bool:
    """Return whether a resource names subnets or security groups."""
    named = (*resource.references, *(cloud.named(text) for text in words_of(resource.properties)))
    return any(name in cloud.network.subnets or name in cloud.network.security_groups for name in named)


def _is_loaded(cloud: Cloud, host: str) -> bool:
    """Return whether a record, a load balancer, an endpoint, a distribution, a file system or Service Connect has a name."""
    records = (record.name for zone in cloud.names.hosted_zones.values() for record in zone.records)
    return (
        any(record.lower() == host for record in records)
        or any(balancer.is_named(host) for balancer in cloud.balancing.load_balancers.values())
        or any(host in (one.domain_name, *one.aliases) for one in cloud.names.distributions.values())
        or endpoint_names.named_endpoint(cloud, host) is not None
        or file_system_names.answer(cloud, None, host, host) is not None
        or service_connect.offers(cloud, host)
    )


def _is_foreign_host(cloud: Cloud, name: str) -> bool:
    """Return whether a name can only be a host's: Terraform's have underscores, those of nested stacks begin with a stack's."""
    labels = name.rstrip(".").split(".")
    is_host = _HOST.fullmatch(name) is not None and "_" not in name and not labels[-1].isdigit()
    is_host = is_host or service_connect.offers(cloud, name)
    return is_host and (labels[0] not in cloud.template.resources or labels[-2:] == ["amazonaws", "com"])


def _edge_host(cloud: Cloud, name: str) -> str:
    """Return the host of a distribution or a function URL; "" for every other name."""
    if name in cloud.names.distributions:
        return cloud.names.distributions[name].domain_name
    resource = cloud.template.resources.get(name)
    return host_of(cloud, resource) if resource is not None and resource.type == URL else ""


def _meant(cloud: Cloud, text: str) -> str:
    """Return the hint for a text that is not a destination: a service without `aws:`, part of a request, a similar name."""
    asked = _NEARLY_REQUEST.fullmatch(text)
    apis = [api for api in cloud.apis.by_id if asked and asked["api"] in ("", api)]
    if asked and apis:
        return f"write `{apis[0]} {asked['method'] or 'GET'} {asked['path']}`"
    if service_names.is_listed(text.lower()):
        return f"write `aws:{text.lower()}`"
    if text.startswith("subnet:"):
        return "`subnet:` names a source; as a destination write an address, such as `10.0.1.5:tcp/443`, or a resource"
    name, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        return close(cloud, text, FORMS)
    owner, is_place = cloud.named(name), network_or_none(name) is not None or _is_foreign_host(cloud, name)
    if is_place or cloud.network.interfaces_of(owner) or owner in cloud.network.vpc_endpoints:
        return f"write `{name}:tcp/{port}`"
    owners = dict.fromkeys(eni.owner_id for eni in cloud.network.network_interfaces.values())
    listening = [owner for owner in owners if default_port(cloud, owner, 0) == int(port)]
    return f"did you mean `{listening[0]}:tcp/{port}`?" if len(listening) == 1 else close(cloud, name, FORMS)


def _of_strange_port(cloud: Cloud, name: str, service: Service) -> tuple[str, ...]:
    """Return the assumption about a port of a database or cache that is not its engine's, or may not be: the network may admit it all the same."""
    resource = cloud.template.resources.get(name)
    if resource is None or not managed_ports.is_managed(resource.type) or service.protocol != TCP:
        return ()
    if unknown := unknown_port(cloud, name):
        return (f"something listens on {service.ports}: {unknown} is not known",)
    known = ports_of(cloud, resource)
    further = (managed_ports.READER_PORT,) if resource.type == managed_ports.SERVERLESS_CACHE else ()
    if any(service.ports.first <= one <= service.ports.last for one in (*known, *further)):
        return ()
    return (f"something listens on {service.ports}: the engine of `{name}` listens on {known[0]}",)


def endpoint_interfaces(cloud: Cloud, endpoint: VpcEndpoint) -> tuple[NetworkInterface, ...]:
    """Return the interfaces of an interface endpoint; one in an unknown subnet if its subnets are not known."""
    subnet = Unknown(f"the subnets of {endpoint.id} are not known", (f"the subnets of {endpoint.id}",))
    unplaced = NetworkInterface(
        id=f"eni-{endpoint.id}",
        owner=InterfaceOwner.ENDPOINT,
        owner_id=endpoint.id,
        subnet_id=subnet,
        security_group_ids=endpoint.security_group_ids,
        origin=endpoint.origin,
    )
    return cloud.network.interfaces_of(endpoint.id) or (unplaced,)
