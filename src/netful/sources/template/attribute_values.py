"""Values of `Ref` and `Fn::GetAtt`, by the tables of `attributes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.model.core.unknown import Unknown
from netful.model.identity import FIREWALL, firewall_endpoint_id, id_made_with, id_of
from netful.model.names.database_ids import database_id
from netful.model.names.endpoint_dns import entries
from netful.model.names.generated_names import NAMINGS
from netful.model.names.iam_names import with_path
from netful.model.names.id_forms import HOSTED_ZONE, formed
from netful.model.names.instance_dns import private_dns_name
from netful.model.names.load_balancer_dns import dns_name
from netful.model.names.managed_names import managed_label, managed_name
from netful.model.names.master_secret import master_secret_name
from netful.model.names.secret_names import with_suffix
from netful.model.names.subscription_arn import subscription_arn
from netful.model.network import managed_ports
from netful.model.resource_arns import WAF_TYPES
from netful.sources.files.marked import MarkedList
from netful.sources.template import attributes
from netful.sources.template.resources import StackResources
from netful.sources.template.scope import Lookup
from netful.sources.template.values import as_text, merged, unknowns_in


class AttributeValues:
    """Values that the resources of a stack give to other resources."""

    def __init__(self, stack: str, resources: StackResources, lookup: Lookup) -> None:
        self._stack = stack
        self._resources = resources
        self._lookup = lookup
        self._place = lookup.account_id, lookup.region
        self._computed: dict[tuple[str, str], Callable[[str], Any]] = {
            ("AWS::EC2::VPC", "Ipv6CidrBlocks"): self._ipv6_blocks,
            ("AWS::EC2::VPCEndpoint", "DnsEntries"): self._dns_entries,
            ("AWS::EC2::EIP", "PublicIp"): self._public_address,
            ("AWS::AmazonMQ::Broker", "AmqpEndpoints"): self._amqp_endpoints,
            (FIREWALL, "EndpointIds"): self._firewall_endpoints,
            ("AWS::EC2::Instance", "PrivateDnsName"): self._private_dns_name,
            ("AWS::NetworkFirewall::VpcEndpointAssociation", "EndpointId"): self._id,
            **{(kind, "MasterUserSecret.SecretArn"): self._master_secret for kind in attributes.DATABASES},
            **dict.fromkeys(attributes.DATABASE_IDS, self._database_id),
            ("AWS::RDS::DBProxy", "DBProxyArn"): self._proxy_arn,
            ("AWS::Lambda::Version", "FunctionArn"): self._version_arn,
            ("AWS::Lambda::Version", "Version"): self._version,
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): self._full_name,
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): self._full_name,
            **{
                (kind, attribute): self._balancer_name
                for kind in attributes.LOAD_BALANCERS
                for attribute in ("DNSName", "CanonicalHostedZoneName")
            },
            **{(kind, "HostedZoneId"): self._zone_of_namespace for kind in attributes.NAMESPACES},
            **{(kind, "Id"): self._waf_id for kind in WAF_TYPES},
        }
        self._refs: dict[str, Callable[[str], Any]] = {
            "AWS::EC2::EIP": self._public_address,
            "AWS::Lambda::Alias": self._alias_arn,
            "AWS::Lambda::Version": self._version_arn,
            "AWS::SNS::Subscription": self._subscription_arn,
            "AWS::SQS::Queue": lambda logical_id: self._derived(logical_id, "QueueUrl"),
            **dict.fromkeys(WAF_TYPES, self._waf_ref),
        }

    def ref(self, logical_id: str) -> Any:
        """Return the value of `Ref`."""
        kind = self._resources.kind(logical_id)
        if kind in self._refs:
            return self._refs[kind](logical_id)
        if kind in attributes.REF_IS_ARN:
            return self.attribute(logical_id, "Arn")
        if kind in attributes.JOINED_REFS:
            return self._joined(logical_id, attributes.JOINED_REFS[kind])
        return self._name(logical_id, attributes.REF_PROPERTIES)

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """Return the value of `Fn::GetAtt`."""
        kind = self._resources.kind(logical_id)
        if (kind, attribute) in attributes.ADDRESSES:
            return self._address(logical_id, attribute)
        if attribute in attributes.ARN_ATTRIBUTES and kind in attributes.ARNS:
            return self._own_arn(logical_id)
        if (kind, attribute) in attributes.PROPERTY_ATTRIBUTES:
            return self._repeated(logical_id, attribute)
        if (kind, attribute) in attributes.MADE_WITH:
            return id_made_with(
                kind, attributes.MADE_WITH[kind, attribute], *self._place, self._resources.id_seed(logical_id)
            )
        if (kind, attribute) in attributes.DERIVED:
            return self._derived(logical_id, attribute)
        if (kind, attribute) in self._computed:
            return self._computed[kind, attribute](logical_id)
        if managed_ports.gives_port(kind, attribute):
            return self._managed_port(logical_id, attribute)
        if attribute.startswith("Outputs."):
            output, origin = attribute.removeprefix("Outputs."), self._resources.origin(logical_id)
            return self._lookup.nested_output(self._stack, logical_id, output, origin)
        if attributes.is_own_id(kind, attribute):
            return self._id(logical_id)
        label = managed_label(kind, self._resources.ids[logical_id], partial(self._resources.property, logical_id))
        named = managed_name(kind, attribute, label, self._lookup.region)
        return named or _decided_by_aws(logical_id, attribute)

    def _address(self, logical_id: str, attribute: str) -> Any:
        """Return an address that the template fixes, else the reference that a running stack reads."""
        own = attributes.PROPERTY_ATTRIBUTES.get((self._resources.kind(logical_id), attribute))
        fixed = self._resources.property(logical_id, own) if own else None
        reference = attributes.ADDRESS_REFERENCE.format(id=self._resources.ids[logical_id], attribute=attribute)
        decided = _decided_by_aws(logical_id, attribute)
        return Unknown(decided.why, decided.needs, reference) if fixed is None else fixed

    def _own_arn(self, logical_id: str) -> str | Unknown:
        """Return the ARN of a resource; a name in IAM has its path before it."""
        kind = self._resources.kind(logical_id)
        path = self._resources.property(logical_id, "Path") if kind.startswith("AWS::IAM::") else None
        named = [self._name(logical_id, attributes.NAME_PROPERTIES), path]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        naming, own = NAMINGS.get(kind), str(named[0])
        name = with_path(path, own.lower() if naming is not None and naming.lower else own)
        return self._arn(attributes.ARNS[kind], self._secret_end(name) if kind == attributes.OF_SECRETS else name)

    def _secret_end(self, name: str) -> str:
        """Return the name of a secret as its ARN has it."""
        return with_suffix(name, self._lookup.account_id, self._lookup.region)

    def _repeated(self, logical_id: str, attribute: str) -> Any:
        """Return the property that an attribute repeats."""
        kind = self._resources.kind(logical_id)
        repeated = attributes.PROPERTY_ATTRIBUTES[kind, attribute]
        if repeated == attributes.NAME_PROPERTIES.get(kind):
            return self._name(logical_id, attributes.NAME_PROPERTIES)
        value = self._resources.property(logical_id, repeated)
        return _decided_by_aws(logical_id, attribute) if value is None else value

    def _private_dns_name(self, logical_id: str) -> Any:
        """Return an instance's name by its address; AWS decides on a name with other options."""
        if self._resources.property(logical_id, "PrivateDnsNameOptions") is not None:
            return _decided_by_aws(logical_id, "PrivateDnsName")
        address = self._resources.property(logical_id, "PrivateIpAddress")
        if address is None:
            return self._address(logical_id, "PrivateDnsName")
        return address if isinstance(address, Unknown) else private_dns_name(str(address), self._lookup.region)

    def _name(self, logical_id: str, naming: Mapping[str, str]) -> Any:
        kind = self._resources.kind(logical_id)
        name_property = naming.get(kind)
        name = self._resources.property(logical_id, name_property) if name_property else None
        text = None if name is None else as_text(name, self._resources.origin(logical_id))
        if text is None or (isinstance(text, Unknown) and kind == "AWS::Lambda::Function"):
            return self._id(logical_id)  # the caller's target is known, whatever its name will be
        return text

    def _id(self, logical_id: str) -> str:
        name, kind = self._resources.ids[logical_id], self._resources.kind(logical_id)
        made = attributes.MADE_IDS.get(kind)
        if made:
            return made(name, self._lookup.region, self._lookup.account_id)
        own = self._resources.id_seed(logical_id)
        return id_of(kind, *self._place, own, partial(self._resources.property, logical_id)) or name

    def _with_ids(self, ids: object) -> list[str]:
        """Return the logical ids of the resources whose ids are in a list."""
        return [name for name in self._resources.ids if isinstance(ids, list) and self._id(name) in ids]

    def _is(self, logical_id: str, named: object) -> bool:
        """Return whether a text is the id of a resource, or its name in AWS."""
        return named in (self._id(logical_id), self._name(logical_id, attributes.NAME_PROPERTIES))

    def _public_address(self, logical_id: str) -> str:
        return self._lookup.public_addresses[self._resources.ids[logical_id]]

    def _managed_port(self, logical_id: str, attribute: str) -> str | Unknown:
        """Return the port of a database or cache; an instance in a cluster has the cluster's."""
        cluster = self._resources.property(logical_id, "DBClusterIdentifier")
        own = next(
            (name for name in self._resources.ids if cluster is not None and self._is(name, cluster)), logical_id
        )
        port, engine = self._resources.property(own, "Port"), self._resources.property(own, "Engine")
        if unknowns := unknowns_in([port] if port is not None else [engine]):
            return merged(unknowns)
        source = self._resources.property(own, "SourceDBInstanceIdentifier")
        if port is None and engine is None and source is not None:  # a replica's is its source's
            named = next((name for name in self._resources.ids if name != own and self._is(name, source)), None)
            return self._managed_port(named, attribute) if named else _decided_by_aws(logical_id, attribute)
        return str(managed_ports.port_of(self._resources.kind(own), port, engine))

    def _alias_arn(self, logical_id: str) -> str | Unknown:
        return self._qualified_arn(logical_id, self._resources.property(logical_id, "Name") or "")

    def _database_id(self, logical_id: str) -> str:
        return database_id(self._resources.kind(logical_id), self._resources.ids[logical_id])

    def _proxy_arn(self, logical_id: str) -> str | Unknown:
        return self._arn(attributes.PROXY_ARN, self._database_id(logical_id))

    def _master_secret(self, logical_id: str) -> str | Unknown:
        """Return the ARN of the secret that RDS makes; a value of AWS's where the template asks for none."""
        kind, id_ = self._resources.kind(logical_id), self._resources.ids[logical_id]
        managed = str(self._resources.property(logical_id, "ManageMasterUserPassword")).lower() == "true"
        name = master_secret_name(kind, id_, self._lookup.region, self._lookup.account_id) if managed else None
        pattern = attributes.ARNS[attributes.OF_SECRETS]
        return (
            self._arn(pattern, self._secret_end(name))
            if name
            else _decided_by_aws(logical_id, "MasterUserSecret.SecretArn")
        )

    def _version_arn(self, logical_id: str) -> str | Unknown:
        return self._qualified_arn(logical_id, self._version(logical_id))

    def _qualified_arn(self, logical_id: str, qualifier: object) -> str | Unknown:
        """Return the ARN of an alias or a version: its function's, by name or ARN, with the qualifier."""
        origin, function = self._resources.origin(logical_id), self._resources.property(logical_id, "FunctionName")
        named = [as_text(one, origin) for one in (function or "", qualifier)]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        name, end = (str(one) for one in named)
        arn = name if name.startswith("arn:") else self._arn(attributes.ARNS["AWS::Lambda::Function"], name)
        return f"{arn}:{end}"

    def _version(self, logical_id: str) -> str:
        """Return the number of a version: its place among the function's versions in the template."""
        own, function = self._resources, self._resources.property(logical_id, "FunctionName")
        versions = [name for name in own if own.kind(name) == own.kind(logical_id)]
        return str([n for n in versions if own.property(n, "FunctionName") == function].index(logical_id) + 1)

    def _zone_of_namespace(self, logical_id: str) -> str:
        return formed(HOSTED_ZONE, *self._place, self._resources.id_seed(logical_id))

    def _waf_id(self, logical_id: str) -> str:
        return self._id(logical_id).rpartition("/")[2]

    def _waf_ref(self, logical_id: str) -> str:
        """Return `NAME|ID|SCOPE`."""
        scope, name, id_ = (
            self._id(logical_id).rpartition(":")[2].split("/", 1)[0],
            *self._id(logical_id).split("/")[-2:],
        )
        return f"{name}|{id_}|{'CLOUDFRONT' if scope == 'global' else 'REGIONAL'}"

    def _subscription_arn(self, logical_id: str) -> str | Unknown:
        named = [self._resources.property(logical_id, name) for name in ("TopicArn", "Protocol", "Endpoint")]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        return subscription_arn(*map(str, named))

    def _joined(self, logical_id: str, parts: tuple[str | tuple[str, ...], ...]) -> str | Unknown:
        """Return fixed texts and values of properties, of alternative ones the first that is set, with `|` between them."""
        found = [
            part
            if isinstance(part, str)
            else next((v for n in part if (v := self._resources.property(logical_id, n))), "")
            for part in parts
        ]
        unknowns = unknowns_in(found)
        return merged(unknowns) if unknowns else "|".join(map(str, found))

    def _ipv6_blocks(self, logical_id: str) -> MarkedList | Unknown:
        blocks = self._lookup.ipv6_blocks.get(self._id(logical_id), ())
        return self._listed(logical_id, *blocks) if blocks else _decided_by_aws(logical_id, "Ipv6CidrBlocks")

    def _balancer_name(self, logical_id: str) -> str:
        own, kind = self._resources, self._resources.kind(logical_id)
        name = own.property(logical_id, attributes.LOAD_BALANCERS[kind])
        of_type = str(as_text(own.property(logical_id, "Type") or "", own.origin(logical_id)))
        internal, label = own.property(logical_id, "Scheme") == "internal", name if isinstance(name, str) else None
        return dns_name(own.ids[logical_id], self._lookup.region, of_type, internal=internal, name=label)

    def _full_name(self, logical_id: str) -> str:
        """Return the end of the ARN of a load balancer or a target group, as metrics name it."""
        return self._id(logical_id).rpartition(":")[2].removeprefix("loadbalancer/")

    def _dns_entries(self, logical_id: str) -> MarkedList | Unknown:
        """Return `HOSTED-ZONE:NAME` for each name of an endpoint (vpc-network §5.2)."""
        own, subnets = self._resources, self._resources.property(logical_id, "SubnetIds")
        service, id_, region = own.property(logical_id, "ServiceName"), self._id(logical_id), self._lookup.region
        decided_by_aws = _decided_by_aws(logical_id, "DnsEntries")
        if not isinstance(service, str):
            return decided_by_aws
        if not isinstance(subnets, list):  # the first is the regional name, and the others follow from the subnets
            regional, zone = next(entries(id_, service, region, [], private_dns=False))
            return self._listed(logical_id, f"{zone}:{regional}", decided_by_aws)
        placed = (own.property(name, "AvailabilityZone") for name in self._with_ids(subnets))
        zones = [zone for zone in placed if isinstance(zone, str)]
        private_dns = own.property(logical_id, "PrivateDnsEnabled") is True
        found = entries(id_, service, region, zones, private_dns=private_dns)
        return self._listed(logical_id, *(f"{zone}:{name}" for name, zone in found))

    def _firewall_endpoints(self, logical_id: str) -> MarkedList | Unknown:
        """Return the zones and ids of a firewall's endpoints (`ZONE:ID`), in the order of its subnets."""
        own, mappings = self._resources, self._resources.property(logical_id, "SubnetMappings")
        if not isinstance(mappings, list):
            return _decided_by_aws(logical_id, "EndpointIds")
        seed, found = own.id_seed(logical_id), []
        for number, mapping in enumerate(mappings, 1):
            subnets = self._with_ids([mapping.get("SubnetId") if isinstance(mapping, Mapping) else None])
            zone = next((own.property(subnet, "AvailabilityZone") for subnet in subnets), None)
            named = zone if isinstance(zone, str) else f"{self._lookup.region}{'abcdef'[number % 6 - 1]}"
            found.append(f"{named}:{firewall_endpoint_id(*self._place, seed, number)}")
        return self._listed(logical_id, *found)

    def _amqp_endpoints(self, logical_id: str) -> MarkedList | Unknown:
        """Return the URL of a broker of RabbitMQ; a broker of ActiveMQ has another for each instance."""
        own, (kind, attribute) = self._resources, ("AWS::AmazonMQ::Broker", "AmqpEndpoints")
        label = managed_label(kind, own.ids[logical_id], partial(own.property, logical_id))
        name = managed_name(kind, attribute, label, self._lookup.region)
        if str(own.property(logical_id, "EngineType")).lower() != "rabbitmq":
            return _decided_by_aws(logical_id, attribute)
        return self._listed(logical_id, f"amqps://{name}:{managed_ports.port_of(kind, None, None)}")

    def _listed(self, logical_id: str, *values: Any) -> MarkedList:
        origin = self._resources.origin(logical_id)
        listed = MarkedList(origin.file, origin.line)
        for value in values:
            listed.put(value)
        return listed

    def _derived(self, logical_id: str, attribute: str) -> Any:
        name = self._name(logical_id, attributes.NAME_PROPERTIES)
        if isinstance(name, Unknown):
            return name
        derived = attributes.DERIVED[self._resources.kind(logical_id), attribute]
        return derived(str(name), self._lookup.region, self._lookup.account_id)

    def _arn(self, pattern: str, name: str) -> str:
        return attributes.arn(pattern, self._lookup.region, self._lookup.account_id, name)


def _decided_by_aws(logical_id: str, attribute: str) -> Unknown:
    return Unknown(f"`{logical_id}.{attribute}` is decided by AWS", (f"{logical_id}.{attribute}",))
