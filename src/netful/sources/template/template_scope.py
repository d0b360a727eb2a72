"""One stack: a template with its values, and what its names stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

from netful.model.core.origin import Origin
from netful.model.core.resource import DanglingReference, Output, Resource
from netful.model.core.unknown import Unknown
from netful.model.names.endpoint_dns import dns_id
from netful.model.names.load_balancer_dns import dns_name
from netful.model.names.managed_names import managed_name
from netful.model.network import managed_ports
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template import attributes, cdk_paths, parameters, rules
from netful.sources.template.conditions import truth
from netful.sources.template.endpoint_entries import dns_entries
from netful.sources.template.intrinsics import Evaluator
from netful.sources.template.references import depends_on, references
from netful.sources.template.template import Template
from netful.sources.template.values import NO_VALUE, as_text, merged, unknowns_in

if TYPE_CHECKING:
    from netful.sources.template.deployment import Deployment

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


class Stack:
    """A scope of names. Everything is resolved when it is first asked for, and kept.

    `given` are the parameter values from outside, `names` the ids of its resources in the cloud: the logical id,
    unless another stack took that already.
    """

    def __init__(self, name: str, template: Template, deployment: Deployment, given: Mapping[str, Any]) -> None:
        self.name = name
        self.template = template
        self.deployment = deployment
        self.given = given
        self.names: dict[str, str] = {}
        self.warnings: list[str] = list(template.warnings)
        self.dangling: list[DanglingReference] = []
        self.parameters: dict[str, Any] = {}
        self._conditions: dict[str, bool | Unknown] = {}
        self._properties: dict[tuple[str, str], Any] = {}
        self._resolving: set[tuple[str, str]] = set()
        self._evaluator = Evaluator(self)

    @property
    def region(self) -> str:
        """The region that the stack is deployed to."""
        return self.deployment.region

    # --- the scope -----------------------------------------------------------------------------------------------

    def ref(self, name: str, origin: Origin) -> Any:
        """The value of `Ref`."""
        if name in self.template.parameters:
            return self.parameter(name)
        if name in self.template.resources:
            return self._absent(name) or self._reference_value(name)
        if name.startswith("AWS::"):
            return self._pseudo(name, origin)
        if name in self.template.aliases:
            return self.ref(self.template.aliases[name], origin)
        return Unknown(f"`{name}` is made by a transform", (name,))

    def attribute(self, logical_id: str, attribute: str, origin: Origin) -> Any:
        """The value of `Fn::GetAtt`."""
        alias = self.template.aliases.get(f"{logical_id}.{attribute}")
        if alias is not None:
            return self.ref(alias, origin)
        if logical_id not in self.template.resources:
            return Unknown(f"`{logical_id}` is made by a transform", (logical_id,))
        return self._absent(logical_id) or self._attribute_value(logical_id, attribute)

    def condition(self, name: str, origin: Origin) -> bool | Unknown:
        """Whether a named condition holds."""
        if name not in self.template.conditions:
            fail(f"condition `{name}` is not defined", origin, hint=close_match(name, self.template.conditions))
        if name not in self._conditions:
            node = self.template.conditions[name]
            self._conditions[name] = truth(self._evaluator, node, self.template.conditions.origin_of(name))
        return self._conditions[name]

    def mapping(self, name: str, origin: Origin) -> Mapping[str, Any]:
        """The table of `Mappings` with a name."""
        found = self.template.mappings.get(name)
        if not isinstance(found, Mapping):
            fail(f"mapping `{name}` is not defined", origin, hint=close_match(name, self.template.mappings))
        return found

    def import_value(self, name: str, origin: Origin) -> Any:  # noqa: ARG002 - the scope's signature; a missing import is no error
        """The value that another stack exports."""
        return self.deployment.exported(name)

    def import_matching(self, pattern: re.Pattern[str], origin: Origin) -> Any:
        """The value of the only export whose name fits, or None."""
        name, value = self.deployment.export_matching(pattern)
        if name is not None:
            self.warnings.append(f"{origin}: the import is taken to be `{name}`, the only loaded export that fits")
        return value

    def stack_output(self, stack: str, output: str) -> Any:
        """The value of an output of another stack, exported or not."""
        return self.deployment.stack_output(stack, output)

    def id_called(self, text: str, /) -> str | None:
        """The id of the endpoint whose host names begin with a text, or of the load balancer whose ARN it is."""
        full_name = text.partition(":loadbalancer/")[2]
        for name, own_id in self.names.items():
            kind = self.kind(name) if full_name or text.startswith("vpce-") else ""
            if kind == "AWS::EC2::VPCEndpoint" and dns_id(own_id) == text:
                return own_id
            if kind == _BALANCER and full_name and self._balancer_full_name(name) == full_name:
                return own_id
        return None

    def supplied(self, reference: str) -> str | None:
        """The value that the user gave for a dynamic reference."""
        value = self.given.get(reference)
        return value if isinstance(value, str) else None

    def resolve(self, node: Any) -> Any:
        """Any value of the template, resolved."""
        return self._evaluator.value(node)

    # --- parameters ----------------------------------------------------------------------------------------------

    def parameter(self, name: str) -> Any:
        """The value of a parameter: given, from another stack's output, or its default."""
        if name not in self.parameters:
            declaration = self.template.parameters[name]
            given = self.given.get(name)
            if name not in self.given and declaration.get("Default") is None:
                given = self.deployment.output_named(name, self)
            if given is None or isinstance(given, str):
                given = parameters.resolved(name, declaration, given)
            self.parameters[name] = given
        return self.parameters[name]

    @property
    def declarations(self) -> list[tuple[str, Origin]]:
        """The names of all parameters, and where they stand."""
        return [(name, self.template.parameters.origin_of(name)) for name in self.template.parameters]

    @property
    def missing_parameters(self) -> list[str]:
        """The parameters without a value and without a default."""
        return [
            name
            for name, declaration in self.template.parameters.items()
            if declaration.get("Default") is None
            and name not in self.given
            and isinstance(self.parameter(name), Unknown)
        ]

    def _pseudo(self, name: str, origin: Origin) -> Any:
        china = self.region.startswith("cn-")
        values: dict[str, Any] = {
            "AWS::AccountId": self.deployment.account_id,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": MarkedList(origin.file, origin.line),
            "AWS::Partition": "aws-cn" if china else "aws-us-gov" if self.region.startswith("us-gov-") else "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self._arn(
                f"cloudformation:{{r}}:{{a}}:stack/{self.name}/00000000-0000-0000-0000-000000000000"
            ),
            "AWS::StackName": self.given.get("AWS::StackName", self.name),
            "AWS::URLSuffix": "amazonaws.com.cn" if china else "amazonaws.com",
        }
        return (
            values[name]
            if name in values
            else fail(f"unknown pseudo parameter `{name}`", origin, hint=close_match(name, values))
        )

    # --- resources -----------------------------------------------------------------------------------------------

    def is_present(self, logical_id: str) -> bool:
        """Whether a resource is deployed; one whose condition is unknown is taken to be."""
        name = self.template.resources[logical_id].get("Condition")
        if not isinstance(name, str):
            return True
        return self.condition(name, self.template.resources[logical_id].origin_of("Condition")) is not False

    def kind(self, logical_id: str) -> str:
        """The type of a resource."""
        return str(self.template.resources[logical_id]["Type"])

    def property(self, logical_id: str, name: str) -> Any:
        """One resolved property of a resource; None when it is left out."""
        key = (logical_id, name)
        if key not in self._properties:
            written = self._written(logical_id)
            if key in self._resolving:  # by a name that a function or a transform makes, which no graph shows
                fail(f"`{name}` of `{logical_id}` depends on itself", written.origin_of(name), hint="break the circle")
            self._resolving.add(key)
            try:
                value = self._evaluator.value(written.get(name))
            finally:
                self._resolving.discard(key)
            self._properties[key] = None if value is NO_VALUE else value
        return self._properties[key]

    def resource(self, logical_id: str) -> Resource:
        """A resource with all its properties resolved."""
        resource, written = self.template.resources[logical_id], self._written(logical_id)
        properties = MarkedMap(written.file, written.line)
        for name in written:
            value = self.property(logical_id, name)
            if value is not None:
                properties.put(name, value, written.lines.get(name, 0))
        return Resource(
            id=self.names[logical_id],
            type=str(resource["Type"]),
            properties=properties,
            depends_on=tuple(self.names.get(name, name) for name in depends_on(resource)),
            stack=self.name,
            origin=self.template.resources.origin_of(logical_id),
            property_origins={name: written.origin_of(name) for name in written},
            references=tuple(
                dict.fromkeys(
                    self.names[r.name] for r in references(written) if not r.condition and r.name in self.names
                )
            ),
            construct_path=cdk_paths.construct_path(resource.get("Metadata")),
        )

    def output(self, name: str) -> Output:
        """An output with its value; its export's name too, when it has one."""
        written = self.template.outputs[name]
        export = written.get("Export")
        export_name = None
        if isinstance(export, MarkedMap):
            export_name = self._evaluator.text(export.get("Name", ""), export.origin_of("Name"))
        value = self._evaluator.value(written.get("Value"))
        return Output(name, value, export_name, self.name, self.template.outputs.origin_of(name))

    def export_patterns(self, name: str) -> tuple[str | None, re.Pattern[str] | None]:
        """The name that an output is exported under, and, when it holds the stack's own name, what it is with any other."""
        export = self.template.outputs[name]["Export"]
        key = ("Outputs", name)
        if key in self._resolving:  # its name is made of an import, which looks at all exports
            return None, None
        self._resolving.add(key)
        try:
            exact = self._evaluator.text(export.get("Name", ""), export.origin_of("Name"))
        finally:
            self._resolving.discard(key)
        if isinstance(exact, Unknown):
            return None, None
        if all(reference.name != "AWS::StackName" for reference in references(export)):
            return exact, None
        own = str(self._pseudo("AWS::StackName", export.origin))
        return exact, re.compile(".+".join(re.escape(part) for part in exact.split(own)))

    def has_output(self, name: str) -> bool:
        """Whether an output is written and its condition does not fail."""
        output = self.template.outputs.get(name)
        if output is None:
            return False
        condition = output.get("Condition")
        return not isinstance(condition, str) or self.condition(condition, output.origin_of("Condition")) is not False

    def judge_rules(self) -> None:
        """Refuse parameter values that the template's `Rules` do not allow."""
        self.warnings.extend(rules.judge(self.template, self))

    def note_assumed(self) -> None:
        """Warn of each condition that cannot be decided and is taken to hold, since something depends on it."""
        names = {r.get("Condition") for r in self.template.resources.values() if isinstance(r.get("Condition"), str)}
        for name in sorted(names):
            origin = self.template.conditions.origin_of(name)
            holds = self.condition(name, origin)
            if isinstance(holds, Unknown):
                self.warnings.append(f"{origin}: condition `{name}` is taken to hold: {holds.why}")

    def find_dangling(self) -> None:
        """Note each reference from something deployed to something whose condition is false."""
        for logical_id in filter(self.is_present, self.template.resources):
            self._note_dangling(logical_id, self._written(logical_id), self.names[logical_id])
        for name in filter(self.has_output, self.template.outputs):
            self._note_dangling(name, self.template.outputs[name], f"Outputs.{name}")

    def _note_dangling(self, name: str, node: Any, owner: str) -> None:
        for use in references(_taken(self, node)):
            if use.condition or use.name not in self.template.resources or self.is_present(use.name):
                continue
            condition = self.template.resources[use.name]["Condition"]
            self.dangling.append(DanglingReference(owner, use.name, condition, use.origin))
            self.warnings.append(
                f"{use.origin}: `{name}` refers to `{use.name}`, which is not deployed: condition `{condition}` is false"
            )

    def _written(self, logical_id: str) -> MarkedMap:
        resource = self.template.resources[logical_id]
        written = resource.get("Properties")
        return written if isinstance(written, MarkedMap) else MarkedMap(resource.file, resource.line)

    def _absent(self, logical_id: str) -> Unknown | None:
        if self.is_present(logical_id):
            return None
        condition = self.template.resources[logical_id]["Condition"]
        return Unknown(f"`{logical_id}` is not deployed: its condition `{condition}` is false")

    # --- what a resource is called ------------------------------------------------------------------------------

    def _name(self, logical_id: str, naming: Mapping[str, str]) -> Any:
        name_property = naming.get(self.kind(logical_id))
        name = self.property(logical_id, name_property) if name_property else None
        text = None if name is None else as_text(name, self.template.resources.origin_of(logical_id))
        if text is None or (isinstance(text, Unknown) and self.kind(logical_id) == "AWS::Lambda::Function"):
            return self._id(logical_id)  # what calls a function is known, whatever its name will be
        return text

    def _id(self, logical_id: str) -> str:
        made = attributes.MADE_IDS.get(self.kind(logical_id))
        return made(self.names[logical_id], self.region) if made else self.names[logical_id]

    def _reference_value(self, logical_id: str) -> Any:
        kind = self.kind(logical_id)
        if kind == "AWS::EC2::EIP":
            return self.deployment.public_address(self, logical_id)
        if kind == "AWS::SQS::Queue":
            return self._derived(logical_id, "QueueUrl")
        if kind == "AWS::Lambda::Alias":
            return self._alias_arn(logical_id)
        if kind in attributes.REF_IS_ARN:
            return self._attribute_value(logical_id, "Arn")
        return self._name(logical_id, attributes.REF_PROPERTIES)

    def _attribute_value(self, logical_id: str, attribute: str) -> Any:
        kind = self.kind(logical_id)
        if attribute in ("Arn", "TopicArn") and kind in attributes.ARNS:
            name = self._name(logical_id, attributes.NAME_PROPERTIES)
            return name if isinstance(name, Unknown) else self._arn(attributes.ARNS[kind], str(name))
        if (kind, attribute) in attributes.PROPERTY_ATTRIBUTES:
            repeated = attributes.PROPERTY_ATTRIBUTES[kind, attribute]
            if repeated == attributes.NAME_PROPERTIES.get(kind):
                return self._name(logical_id, attributes.NAME_PROPERTIES)
            value = self.property(logical_id, repeated)
            return self._decided_by_aws(logical_id, attribute) if value is None else value
        if (kind, attribute) in attributes.DERIVED:
            return self._derived(logical_id, attribute)
        if kind == "AWS::EC2::VPC" and attribute == "Ipv6CidrBlocks":
            return self._ipv6_blocks(logical_id)
        if kind in attributes.LOAD_BALANCERS and attribute in ("DNSName", "CanonicalHostedZoneName"):
            return self._balancer_name(logical_id)
        if kind == _BALANCER and attribute == "LoadBalancerFullName":
            return self._balancer_full_name(logical_id)
        if kind == "AWS::EC2::VPCEndpoint" and attribute == "DnsEntries":
            return self._dns_entries(logical_id)
        if kind == "AWS::EC2::EIP" and attribute == "PublicIp":
            return self.deployment.public_address(self, logical_id)
        if managed_ports.gives_port(kind, attribute):
            return self._managed_port(logical_id, attribute)
        if attribute.startswith("Outputs."):
            return self.deployment.nested_output(self, logical_id, attribute.removeprefix("Outputs."))
        if attributes.is_own_id(kind, attribute):
            return self._id(logical_id)
        named = managed_name(kind, attribute, self.names[logical_id], self.region)
        return named or self._decided_by_aws(logical_id, attribute)

    def _managed_port(self, logical_id: str, attribute: str) -> str | Unknown:
        """The port of a database or cache; that of an instance in a cluster is the cluster's."""
        cluster = self.property(logical_id, "DBClusterIdentifier")
        own = next((name for name in self.template.resources if self.names[name] == cluster), logical_id)
        port, engine = self.property(own, "Port"), self.property(own, "Engine")
        if unknowns := unknowns_in([port] if port is not None else [engine]):
            return merged(unknowns)
        if port is None and engine is None and self.property(own, "SourceDBInstanceIdentifier") is not None:
            return self._decided_by_aws(logical_id, attribute)  # a replica's is its source's
        return str(managed_ports.port_of(self.kind(own), port, engine))

    def _alias_arn(self, logical_id: str) -> str | Unknown:
        """The ARN of an alias: its function's, by name or ARN, with the alias's name."""
        origin = self.template.resources.origin_of(logical_id)
        named = [as_text(self.property(logical_id, name) or "", origin) for name in ("FunctionName", "Name")]
        if unknowns := unknowns_in(named):
            return merged(unknowns)
        function, alias = (str(name) for name in named)
        arn = function if function.startswith("arn:") else self._arn(f"lambda:{{r}}:{{a}}:function:{function}")
        return f"{arn}:{alias}"

    def _ipv6_blocks(self, logical_id: str) -> MarkedList | Unknown:
        origin = self.template.resources.origin_of(logical_id)
        blocks = MarkedList(origin.file, origin.line)
        for block in self.deployment.ipv6_blocks.get(self.names[logical_id], ()):
            blocks.put(block)
        return blocks or self._decided_by_aws(logical_id, "Ipv6CidrBlocks")

    def _balancer_name(self, logical_id: str) -> str:
        named = attributes.LOAD_BALANCERS[self.kind(logical_id)]
        name, scheme = self.property(logical_id, named), self.property(logical_id, "Scheme")
        label = name if isinstance(name, str) else None
        kind = as_text(self.property(logical_id, "Type") or "", self.template.resources.origin_of(logical_id))
        internal = scheme == "internal"
        return dns_name(self.names[logical_id], self.region, str(kind), internal=internal, name=label)

    def _balancer_full_name(self, logical_id: str) -> str:
        """What the ARN of a load balancer ends in: its type, its name and an id."""
        own_id, name, kind = (
            self.names[logical_id],
            self.property(logical_id, "Name"),
            self.property(logical_id, "Type"),
        )
        begin = {"network": "net", "gateway": "gwy"}.get(str(kind), "app")
        return f"{begin}/{name if isinstance(name, str) else own_id}/{crc32(own_id.encode()):016x}"

    def _dns_entries(self, logical_id: str) -> MarkedList | Unknown:
        named, subnets = self.property(logical_id, "ServiceName"), self.property(logical_id, "SubnetIds")
        if not isinstance(named, str):
            return self._decided_by_aws(logical_id, "DnsEntries")
        origin = self.template.resources.origin_of(logical_id)
        entries = MarkedList(origin.file, origin.line)
        if not isinstance(subnets, list):  # the first is the regional name, and the others follow from the subnets
            entries.put(dns_entries(self.names[logical_id], named, self.region, [], private_dns=False)[0])
            entries.put(self._decided_by_aws(logical_id, "DnsEntries"))
            return entries
        own = [name for name in self.template.resources if self.names[name] in subnets]
        zones = [zone for name in own if isinstance(zone := self.property(name, "AvailabilityZone"), str)]
        private_dns = self.property(logical_id, "PrivateDnsEnabled") is True
        for entry in dns_entries(self.names[logical_id], named, self.region, zones, private_dns=private_dns):
            entries.put(entry)
        return entries

    def _derived(self, logical_id: str, attribute: str) -> Any:
        kind = self.kind(logical_id)
        name = self._name(logical_id, attributes.NAME_PROPERTIES)
        if isinstance(name, Unknown):
            return name
        return attributes.DERIVED[kind, attribute](str(name), self.region, self.deployment.account_id)

    def _decided_by_aws(self, logical_id: str, attribute: str) -> Unknown:
        return Unknown(f"`{logical_id}.{attribute}` is decided by AWS", (f"{logical_id}.{attribute}",))

    def _arn(self, pattern: str, name: str = "") -> str:
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:" + pattern.format(r=self.region, a=self.deployment.account_id, n=name)


def _taken(stack: Stack, node: Any) -> Any:
    """A value as written without the branches that a known condition does not take."""
    if isinstance(node, MarkedMap):
        branches = node.get("Fn::If") if len(node) == 1 else None
        if isinstance(branches, list) and len(branches) == 3 and isinstance(branches[0], str):
            holds = stack.condition(branches[0], node.origin)
            if not isinstance(holds, Unknown):
                return _taken(stack, branches[1 if holds else 2])
        out = MarkedMap(node.file, node.line)
        for key, member in node.items():
            out.put(key, _taken(stack, member), node.lines.get(key, 0))
        return out
    if isinstance(node, MarkedList):
        items = MarkedList(node.file, node.line)
        for index, item in enumerate(node):
            items.put(_taken(stack, item), node.origin_of(index).line)
        return items
    return node
