"""The template for a plan during its creation: values of arguments, references, resources."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from netful.model.core import SourceError, Unknown, every_part, known_in, texts
from netful.model.json_texts import from_json
from netful.model.names.service_names import GATEWAY_SERVICES
from netful.model.network.managed_prefix_lists import managed_prefix_list_id
from netful.sources.files import document
from netful.sources.files.marked import MarkedList, MarkedMap, marked
from netful.sources.terraform import candidates, host_names
from netful.sources.terraform.plan import policy_documents
from netful.sources.terraform.plan.blocks import Block, blocks_in, blocks_of, several, whole
from netful.sources.terraform.plan.evaluation import Evaluation
from netful.sources.terraform.plan.expressions import names_all, shifted
from netful.sources.terraform.plan.functions import Document, Subblock, Text, encoded, fits, parsed, settled
from netful.sources.terraform.plan.named_values import Attribute
from netful.sources.terraform.plan.planned_resources import DOCUMENT, Module, Planned, items, mapping
from netful.sources.terraform.plan.references import (
    COUNTING,
    SAME_INDEX,
    AttributeReference,
    Found,
    Literal,
    Referring,
    after_apply,
    are_all,
    are_lists,
    counts,
    longest,
)
from netful.sources.terraform.plan.source_lines import Configuration
from netful.sources.terraform.template_references import (
    account_of,
    arn_of,
    given_by_aws,
    name_of,
    reference_to,
    with_attribute,
)
from netful.sources.terraform.types.resource_types import (
    ALIKE,
    DEFAULTS,
    DOCUMENTS,
    EXECUTED,
    FIREWALLS,
    FIRST_OF_SEVERAL,
    IPV6_BLOCK,
    LISTS,
    SAME,
    URLS,
    YAML_DOCUMENTS,
    kind_of,
)
from netful.sources.terraform.types.rows import NOTHING, Shape, single
from netful.sources.understanding.unread_types import OF_EXPRESSIONS, OF_PLANS

_PREFIX_LIST = re.compile(r"(?:^|\.)data\.aws_(?:ec2_managed_)?prefix_list\.")
_FUNCTIONS = ("Ref", "Fn::GetAtt", "Fn::Join", "Fn::Select")
_IPV6_HOSTS, _IPV6_SUBNETS = 128 - 56, 64 - 56
"""Bits of an address, and of the number of a subnet, within the block of 56 bits that AWS gives to a VPC."""


class Translation:
    """The resources of a template, made one by one from those of a plan (rules: `resources`).

    `ids` are those of a planned resource and its parts, by its address, `extended` is what one without own parts adds to. `data` are the values of what the plan has read.
    One class, because what an argument means depends on all resources of the plan, and may add one to those that are made.
    """

    def __init__(
        self,
        file: str,
        resources: list[Planned],
        variables: dict[str, Any],
        data: Mapping[str, dict[str, Any]],
        main_region: str,
        configuration: Configuration,
    ) -> None:
        self.file = file
        self._configuration = configuration
        self._planned = resources
        self._other_regions = {one.region for one in resources} - {main_region}
        self._prefix_lists = {
            **{
                str(one.get("id")): str(one.get("name"))
                for address, one in data.items()
                if _PREFIX_LIST.search(address)
            },
            **{
                str(one.values.get("prefix_list_id")): str(one.values.get("service_name"))
                for one in self.every("aws_vpc_endpoint")
            },
        }
        self.resources = MarkedMap(file, 1)
        self.extended: dict[str, MarkedMap] = {}
        self.ids: dict[str, list[str]] = {}
        self._referring = Referring(resources, variables, data)
        self._evaluation = Evaluation(resources, variables, data, configuration)
        self._documents = {resource.address for resource in resources if resource.type == DOCUMENT}
        self._firewalls = {resource.address for resource in resources if resource.type == FIREWALLS}
        self._by_value = given_by_aws(resources)

    def every(self, type_: str) -> list[Planned]:
        """Return the resources of a type."""
        return [resource for resource in self._planned if resource.type == type_]

    def put_whole(self, resource: Planned, beginning: str = OF_PLANS) -> None:
        """Add a resource that is not read, with its references as its only property. Its type has a beginning."""
        named = self._addresses(resource, resource.expressions)
        references = [{"Ref": one} for one in named if one not in self._documents]
        self.put(resource, f"{beginning}{kind_of(resource.type)}", {"References": references})

    def put(self, resource: Planned, kind: str, properties: dict[str, Any], part: str = "") -> None:
        """Add a resource, or a part of one."""
        made = MarkedMap(self.file, resource.line)
        made.put("Type", kind)
        made.put("Properties", self.marked({k: v for k, v in properties.items() if v is not None}, resource.line))
        self.resources.put(f"{resource.address}{part}", made, resource.line)
        self.ids.setdefault(resource.address, []).append(f"{resource.address}{part}")

    def value(self, resource: Planned, path: str) -> Any:
        """Return the value of an argument in a template's form (rules 2 and 3); None if it is left out."""
        return self._within(resource, path, whole(resource))

    def _within(self, resource: Planned, path: str, block: Block) -> Any:
        *way, name = path.split(".")
        values, unknown, written = block
        for step in way:
            values, unknown, written = (mapping(_first(each.get(step))) for each in (values, unknown, written))
        return self.argument(resource, name, values, unknown, written)

    def shaped(self, resource: Planned, shape: Shape, holder: Block | None = None) -> dict[str, Any]:
        """Return the properties of a block, or of a whole resource; those without a value are left out."""
        found: dict[str, Any] = {}
        for path, target in shape.arguments.items():
            value = self._within(resource, path, holder or whole(resource))
            if value not in (None, ""):
                _place(found, target, value)
        for name, inner in shape.blocks.items():
            every = [*(blocks_of(resource, name) if holder is None else blocks_in(holder, name))]
            made = [self.shaped(resource, inner, one) for one in every]
            if made and inner.form == "by key":
                keys = (str(one[0].get(inner.key)) for one in every)
                _place(found, inner.property, dict(zip(keys, made, strict=True)))
            elif made:
                _place(found, inner.property, made if inner.form == "list" else made[0])
        return found

    def named(self, resource: Planned, same: str = "", other: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        """Return arguments of a resource as properties, by their names as in `rows`."""
        return self.shaped(resource, single("", same, other))

    def argument(
        self, resource: Planned, name: str, values: dict[str, Any], unknown: dict[str, Any], written: dict[str, Any]
    ) -> Any:
        """Return the value of an argument within a block."""
        value, expression = values.get(name), written.get(name)
        later = any(part is True for part in every_part(unknown.get(name))) or (
            isinstance(value, list) and None in value
        )
        if value is not None and not later:
            return self._known([value] if name in LISTS and isinstance(value, str) else value, name)
        if expression is None and (not later or _is_left_out(resource, written)):
            return None
        if later and (kind_of(resource.type), name) not in host_names.ARGUMENTS:
            own_ = written is resource.expressions
            if self._is_settled(resource, name, values, own=own_):
                return self.by_text(resource, name, values, own=own_)
        if expression is None:
            return self._unwritten(resource, name)
        if name in values and not later:
            return None
        if counts(expression, SAME_INDEX) and shifted(*self._place(resource, name)):
            expression = {"references": [one for one in expression["references"] if not one.startswith(SAME_INDEX)]}
            if any("[" in one for one in expression["references"]):
                return after_apply(f"{resource.address}.{name}")
        vpc = candidates.around(self._referring, self._planned, resource, name, expression)
        meant = vpc or self._referring.meant(resource, expression, several=name in LISTS)
        either = candidates.within_each(self._referring, resource, name, expression, meant)
        if len(either) > 1 and name not in LISTS:
            return after_apply(f"{resource.address}.{name}")
        shown = isinstance(value, list)  # with the known items, so a literal that is not among them is not one
        meant = [with_attribute(each, name) for each in [*either] or meant if not (shown and isinstance(each, Literal))]
        if (kind_of(resource.type), name) in host_names.ARGUMENTS and (host := self._host(resource, name, meant)):
            return host
        found = [self._node(each, resource) for each in meant]
        if either or are_lists(meant):
            self._assume(resource, f"{resource.type}.{resource.name}.{name}", found)
        elif name in LISTS and are_all(meant):
            found = self._of_all(resource, name, expression, meant, found, value)
        elif name in LISTS and len(found) > 1 and names_all(*self._place(resource, name), expression) is False:
            self._assume(resource, f"{resource.type}.{resource.name}.{name}", found)
        if not any(isinstance(each, (str, dict)) for each in found) and (
            only := self._only(resource, name, expression)
        ):
            found = [only]
        if name in LISTS:
            beside = [self._known(one, "") for one in value or () if isinstance(one, str)]
            own = [one for one in found if one not in beside]
            hidden = value.count(None) if isinstance(value, list) else 0
            if hidden and len([one for one in own if not isinstance(one, Unknown)]) > hidden:
                return [*beside, after_apply(f"{resource.address}.{name}")]
            lost = hidden > len(own) and not any(isinstance(one, Unknown) for one in own)
            return [*beside, *own, *([after_apply(f"{resource.address}.{name}")] if lost else ())] or None
        if name == "vpc_endpoint_id" and (firewalls := [one for one in found if name_of(one) in self._firewalls]):
            self._assume(resource, f"{resource.type}.{resource.name}.{name}", firewalls)
            found = firewalls
        if name in FIRST_OF_SEVERAL and (first := self._first(resource, name, expression)):
            return first
        if len(found) == 1 and not _is_within_text(name, meant, found[0]):
            return found[0]
        return after_apply(f"{resource.address}.{name}") if found or expression else None

    def by_text(self, resource: Planned, name: str, values: dict[str, Any], *, own: bool) -> Any:
        """Return the value of an argument by its text alone; what that does not settle is unknown, also within it."""
        found = self._evaluated(self._evaluation.argument(resource, name, values, own=own), resource, name)
        is_part = name in DOCUMENTS and isinstance(found, dict) and not found.keys().isdisjoint(_FUNCTIONS)
        return after_apply(f"{resource.address}.{name}") if is_part else found

    def _is_settled(self, resource: Planned, name: str, values: dict[str, Any], *, own: bool = False) -> bool:
        """Return whether the text of an argument gives its value, and that is not another one than the plan shows."""
        return fits(self._evaluation.argument(resource, name, values, own=own), dict.get(values, name))

    def _evaluated(self, value: Any, resource: Planned, name: str) -> Any:
        """Return the value of an argument's text in a template's form."""
        if name in LISTS:
            return [self._evaluated(one, resource, "") for one in several(value)] or None
        if isinstance(value, Document):
            return self._evaluated(value.value if name in DOCUMENTS else encoded(value), resource, "")
        if isinstance(value, Text):
            if name in DOCUMENTS:
                read = partial(_content, file=self.file, may_be_yaml=name in YAML_DOCUMENTS)
                return self._evaluated(parsed(value, read), resource, "")
            nodes = [self._evaluated(one, resource, "") for one in value.parts]
            return next((one for one in nodes if isinstance(one, Unknown)), {"Fn::Join": ["", nodes]})
        if isinstance(value, Subblock):
            return self._block(value, resource, name)
        if isinstance(value, Attribute) and (kind_of(value.resource.type), value.name) in EXECUTED:
            return _executed(value.resource)
        if isinstance(value, Attribute):
            return self._node(AttributeReference(value.resource, value.name), resource)
        if isinstance(value, dict):
            return {key: self._evaluated(one, resource, "") for key, one in value.items()}
        if isinstance(value, list):
            return [self._evaluated(one, resource, "") for one in value]
        return self._known(value, name) if settled(value) else after_apply(resource.address)

    def _block(self, block: Subblock, resource: Planned, name: str) -> Any:
        """Return a block within the IPv6 block that AWS gives to a VPC; that of another block is unknown."""
        holder = self._evaluated(block.of, resource, "")
        is_given = isinstance(holder, dict) and isinstance(block.of, Attribute) and block.of.name == IPV6_BLOCK
        if not is_given or block.bits > _IPV6_SUBNETS:
            return after_apply(f"{resource.address}.{name}")
        return {"Fn::Select": [block.number, {"Fn::Cidr": [holder, block.number + 1, _IPV6_HOSTS - block.bits]}]}

    def _host(self, resource: Planned, name: str, meant: list[Found]) -> Any:
        """Return the host that the only resource in an argument has, or that it is not known; None without a resource."""
        named = [one for one in meant if isinstance(one, AttributeReference)]
        if not named:
            return None
        host = host_names.host_of(named[0]) if len(named) == 1 else None
        if host is not None and host_names.is_assumed(named[0]):
            self._assume(resource, f"{resource.type}.{resource.name}.{name}", [host])
        return host or after_apply(f"{resource.address}.{name}")

    def _place(self, resource: Planned, name: str) -> tuple[Configuration, Module, str, str]:
        """Return where the text of an argument is."""
        return self._configuration, resource.module, f'resource "{resource.type}" "{resource.name}"', name

    def _of_all(
        self, resource: Planned, name: str, expression: Any, meant: list[Found], nodes: list[Any], value: Any
    ) -> list[Any]:
        """Return what a list means that names all instances of a resource. Unless its text says so, all is an assumption.

        A plan may show that the list has fewer items: the first ones, if such resources are alike and have numbers.
        """
        number = len(value) if isinstance(value, list) else len(nodes)
        whole = number >= len(nodes) and not counts(expression) and names_all(*self._place(resource, name), expression)
        listed = next(one.resource for one in meant if isinstance(one, AttributeReference) and one.whole)
        if number < len(nodes) and (kind_of(listed.type) not in ALIKE or '"' in listed.index):
            return [after_apply(f"{resource.address}.{name}")]
        if whole is None:
            self._assume(listed, f"{listed.type}.{listed.name}[*]", nodes)
        elif not whole:
            self._assume(resource, f"{resource.type}.{resource.name}.{name}", nodes[:number])
        return nodes[:number]

    def _unwritten(self, resource: Planned, name: str) -> Any:
        """Return the value of an argument whose expression a plan lacks: `dynamic` blocks have none, and some plans no configuration."""
        place = f"{resource.address}.{name}"
        why = "is in a `dynamic` block" if resource.module.configuration else "the plan has no configuration"
        unknown = after_apply(place, f", and {why}")
        if found := candidates.given(self._referring, self._planned, resource, name):
            nodes = [self._node(with_attribute(each, name), resource) for each in found]
            self._assume(resource, f"{resource.type}.{name}", nodes)
            return nodes if name in LISTS else nodes[0] if len(nodes) == 1 else unknown
        only = self._only(resource, name, None)
        return unknown if only is None else [only] if name in LISTS else only

    def _only(self, resource: Planned, name: str, expression: Any) -> dict[str, Any] | None:
        """Return the only resource that an argument may refer to: of its module, else of the plan. It is an assumption.

        A list is taken to be one of a local value: that of its module.

        Expressions that a plan does not show are local values, `each.value` and those of `dynamic` blocks.
        """
        named = texts(mapping(expression).get("references"))
        local = any(text.startswith("local.") for text in named) and all(
            text.startswith(("local.", *COUNTING)) for text in named
        )
        found = candidates.fitting(self._planned, resource, name) if local or name not in LISTS else []
        if len(found) != 1:
            return None
        node = reference_to(AttributeReference(found[0], "arn" if name.endswith("_arn") else "id"))
        first = next((text for text in named if not text.startswith(COUNTING)), f"{resource.type}.{name}")
        self._assume(resource, first, [node])
        return node

    def _first(self, resource: Planned, name: str, expression: Any) -> Any:
        """Return the first of several instances that are all that an expression names. It is an assumption."""
        found = self._referring.found(resource, expression, several=True)
        every = [one for one in found if isinstance(one, AttributeReference) and one.whole]
        alone = len(longest(texts(mapping(expression).get("references")))) == 1
        if not alone or len(every) < len(found) or len(every) < 2 or are_lists(every):
            return None
        node = self._node(every[0], resource)
        self._assume(resource, f"{resource.type}.{resource.name}.{name}", [node])
        return node

    def _assume(self, resource: Planned, expression: str, nodes: list[Any]) -> None:
        """Have paths of resources name the expression that a plan does not show, and that is taken to mean them."""
        place = f"{resource.module.address}.{expression}".lstrip(".")
        made = MarkedMap(self.file, resource.line)
        made.put("Type", f"{OF_EXPRESSIONS}{expression}")
        made.put("Properties", self.marked({"References": nodes}, resource.line))
        if place not in self.resources:
            self.resources.put(place, made, resource.line)

    def required(self, resource: Planned, name: str) -> Any:
        """Return the value of an argument that every resource of its type has; unknown if the plan does not say it."""
        place = f"{resource.address}.{name}"
        value = self.value(resource, name)
        return after_apply(place) if value is None else value

    def referred(self, resource: Planned, name: str) -> list[Planned]:
        """Return the resources that an argument refers to, or may refer to by a value within the map of `for_each`."""
        expression = resource.expressions.get(name)
        named = [one for one in self._named(resource, expression) if isinstance(one, AttributeReference)]
        return [
            one.resource for one in named or candidates.within_each(self._referring, resource, name, expression, [])
        ]

    def awaited(self, resource: Planned) -> dict[str, None]:
        """Return the addresses of the resources after which Terraform creates a resource."""
        return self._addresses(resource, [resource.expressions, {"references": resource.depends_on}])

    def _addresses(self, resource: Planned, written: Any) -> dict[str, None]:
        named = [one.resource for one in self._named(resource, written) if isinstance(one, AttributeReference)]
        held = [one.resource for value in every_part(resource.values) if (one := known_in(self._by_value, value))]
        return dict.fromkeys(one.address for one in (*named, *held))

    def _named(self, resource: Planned, written: Any) -> Iterator[AttributeReference | Literal | Unknown]:
        ahead: list[Any] = [written]
        while ahead:
            node = ahead.pop()
            if isinstance(node, dict) and "references" in node:
                yield from self._referring.found(resource, node, several=True)
            elif isinstance(node, dict | list):
                ahead += node.values() if isinstance(node, dict) else node

    def extend(self, made: MarkedMap, key: str, value: Any, said_by: Planned) -> None:
        """Add a value to a resource: a list grows, all else is set."""
        self.extended[said_by.address] = made
        properties = made["Properties"]
        if not isinstance(value, list):
            properties.put(key, self.marked(value, said_by.line), said_by.line)
            return
        held = properties.get(key) or MarkedList(self.file, said_by.line)
        for item in value:
            held.put(self.marked(item, said_by.line))
        properties.put(key, held, said_by.line)

    def holder(self, node: Any) -> MarkedMap | None:
        """Return the resource that a reference names, or a role by its name."""
        name = name_of(node)
        roles = (made for made in self.resources.values() if made["Properties"].get("RoleName") == name)
        found = self.resources.get(name) or next(roles, None)
        return found if isinstance(found, MarkedMap) else None

    def default_of(self, resource: Planned) -> Any:
        """Return the default resource of a VPC that a resource adopts, by the VPC or by its own id.

        None if neither is known.
        """
        named, attribute = DEFAULTS[kind_of(resource.type)]
        value = self.value(resource, named) if named else None
        vpc = self.value(resource, "vpc_id") if value is None else None
        return {"Fn::GetAtt": [name_of(vpc), attribute]} if isinstance(vpc, dict) else value

    def _known(self, value: Any, name: str) -> Any:
        if name in DOCUMENTS and isinstance(value, str):
            return _content(value, self.file, may_be_yaml=name in YAML_DOCUMENTS)
        if isinstance(value, list):
            return [self._known(item, "") for item in value]
        target = known_in(self._by_value, value)
        named = self._prefix_lists.get(value, "") if isinstance(value, str) else ""
        if named.rpartition(".")[2] in GATEWAY_SERVICES:
            return self._prefix_list(named)
        return value if target is None else reference_to(target)

    def _prefix_list(self, service_name: str) -> str:
        """Return the id of the prefix list of a service, such as `com.amazonaws.eu-west-1.s3`."""
        *_, region, service = service_name.split(".")
        return managed_prefix_list_id(service, region if region in self._other_regions else "")

    def _node(self, found: AttributeReference | Literal | Unknown, resource: Planned) -> Any:
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Literal):
            return self._known(found.value, "")
        if kind_of(found.resource.type) in DEFAULTS and found.attribute == "id":
            adopted = self.default_of(found.resource)
            if adopted is not None:
                return adopted
        if found.resource.type == FIREWALLS and found.attribute.startswith("endpoint"):
            return f"{found.resource.address}.{found.attribute}"
        if found.resource.type == DOCUMENT:
            return policy_documents.document(found.resource, self.argument, self._is_settled, self._assume)
        name = SAME.get(found.resource.type, found.attribute) if found.attribute == "id" else found.attribute
        is_own = found.resource.address == resource.address  # of several blocks of it that could mean a reference
        if name in found.resource.expressions and not is_own and (same := self.value(found.resource, name)) is not None:
            return same
        if resource.type == DOCUMENT and (kind_of(found.resource.type), name) in EXECUTED:
            return _executed(found.resource)
        service = str(found.resource.values.get("service_name", ""))
        if name == "prefix_list_id" and service.rpartition(".")[2] in GATEWAY_SERVICES:
            return self._prefix_list(service)
        own = found.resource.values.get(found.attribute)
        if isinstance(own, (str, int, bool)) and found.attribute not in ("id", "arn") and own != "":
            return own
        return reference_to(found) or after_apply(
            f"{found.resource.address}.{found.attribute}", f", which `{resource.address}` needs"
        )

    def marked(self, value: Any, line: int) -> Any:
        """Return a value with the place of its resource, as those of templates have."""
        return marked(value, self.file, line)


def _content(text: str, file: str, *, may_be_yaml: bool) -> Any:
    """Return the value in a text of JSON, or of YAML without its lines, which are not those of the file; the text if it is neither."""
    try:
        return from_json(text)
    except json.JSONDecodeError:
        with suppress(SourceError):
            return from_json(json.dumps(document.parse(text, file).root)) if may_be_yaml else text
    return text


def _executed(api: Planned) -> dict[str, Any]:
    """Return the ARN of an API's calls."""
    return arn_of("execute-api", api, account_of(api), ":", {"Ref": api.address})


def _is_within_text(name: str, meant: list[Found], node: Any) -> bool:
    """Return whether a reference is a part of an argument's text, as in `jsonencode(…)` and `http://${aws_lb.a.dns_name}/`."""
    if not isinstance(node, dict) or node.keys().isdisjoint(_FUNCTIONS):
        return False
    named = [one.attribute for one in meant if isinstance(one, AttributeReference)]
    return name in (*DOCUMENTS, IPV6_BLOCK) or (
        name in URLS and any(not attribute.endswith("arn") for attribute in named)
    )


def _is_left_out(resource: Planned, written: dict[str, Any]) -> bool:
    """Return whether the provider gives an argument, because it is written neither with the resource nor in a `dynamic` block."""
    return bool(resource.module.configuration) and written is resource.expressions


def _place(properties: dict[str, Any], path: str, value: Any) -> None:
    *way, name = path.split(".")
    for step in way:
        properties = properties.setdefault(step, {})
    properties[name] = {**properties.get(name, {}), **value} if isinstance(value, dict) else value


def _first(value: Any) -> Any:
    """Return the first block under a block's name."""
    return next(iter(items(value)), {}) if isinstance(value, list) else value


Maker = Callable[[Translation, Planned], None]
"""Makes further resources for a resource, or others in its place."""

Completion = Callable[[Translation, Planned], dict[str, Any]]
"""Returns the properties that a resource's type needs besides its arguments."""
