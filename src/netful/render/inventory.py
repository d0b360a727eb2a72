"""An inventory as text: one block for each VPC, then endpoints and interfaces, APIs, and missing values."""

from collections.abc import Iterator
from typing import Any

from netful.render.apis import apis_text
from netful.render.columns import block, columns
from netful.render.language import spoken
from netful.render.visible import visible


def inventory_text(document: dict[str, Any], *, verbose: bool = False) -> str:
    """Return the text of `netful show`; `verbose` adds every resource, with its id at AWS or its name there."""
    document = visible(document)
    resources = document["resources"] if verbose else {}
    return "\n".join([*_lines(document, resources)] or [spoken("nothing that has a network")])


def _lines(document: dict[str, Any], resources: dict[str, dict[str, Any]]) -> Iterator[str]:
    for vpc in document["vpcs"]:
        yield from _vpc(vpc)
    yield from block("interfaces", (_interface(eni) for eni in document["enis"]))
    yield from block("endpoints", (_endpoint(endpoint) for endpoint in document["endpoints"]))
    yield from apis_text(document["apis"])
    yield from block(
        "resources",
        (_resource(name, found) for name, found in resources.items()),
    )
    yield from block("not understood", map(_unread, document["unread"]))
    yield from block("missing parameters", ((name,) for name in document["parameters"]["missing"]))
    yield from block("missing imports", ((name,) for name in document["imports"]["missing"]))


def _resource(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    invoked = spoken(f"invoked by {', '.join(found['triggers'])}") if found["triggers"] else ""
    return (name, found["type"], found["origin"], found["aws_id"] or "", invoked)


def _vpc(vpc: dict[str, Any]) -> Iterator[str]:
    attributes = ("enable_dns_support", "enable_dns_hostnames")
    off = [name for name in attributes if not vpc[name]]
    unsure = [name for name in attributes if isinstance(vpc[name], dict)]
    note = "  " + spoken(f"({', '.join(off)} off)") if off else ""
    note += "  " + spoken(f"({', '.join(unsure)} unknown)") if unsure else ""
    blocks = (*vpc["cidr_blocks"], *vpc["ipv6_cidr_blocks"])
    yield f"{vpc['id']}  {', '.join(map(_shown, blocks))}{note}"
    yield from columns(
        (
            subnet["id"],
            subnet["kind"],
            _block(subnet),
            _shown(subnet["availability_zone"]),
            subnet["route_table"] or "-",
            subnet["network_acl"] or "-",
        )
        for subnet in vpc["subnets"]
    )


def _block(subnet: dict[str, Any]) -> str:
    """Return the blocks of a subnet, IPv4 and IPv6."""
    return ", ".join(_shown(one) for one in (subnet["cidr_block"], subnet["ipv6_cidr_block"]) if one is not None)


def _interface(eni: dict[str, Any]) -> tuple[str, ...]:
    holder = ", ".join(eni["functions"]) or eni["resource"]
    four, six = eni["private_ip_address"], eni["ipv6_address"]
    address = _shown(four or six or spoken("no address"))
    address += f" ({eni['public_ip']})" if eni["public_ip"] else ""
    address += f", {_shown(six)}" if four and six else ""
    groups = ", ".join(_shown(group) for group in eni["security_groups"]) or spoken("no groups")
    return (eni["owner"], address, _shown(eni["subnet"]), groups, holder)


def _endpoint(endpoint: dict[str, Any]) -> tuple[str, ...]:
    places = endpoint["subnets"] or endpoint["route_tables"]
    private_dns = spoken("private DNS") if endpoint["private_dns_enabled"] else ""
    where = ", ".join(_shown(place) for place in places)
    return (endpoint["id"], endpoint["type"], _shown(endpoint["service"]), where, private_dns)


def _unread(found: dict[str, Any]) -> tuple[str, ...]:
    return (found["weight"], found["what"], found["resource"], found["origin"])


def _shown(value: Any) -> str:
    return spoken("unknown") if isinstance(value, dict) else str(value)
