"""NF706: a CIDR block with host bits: AWS reads it as another block than it seems.

AWS clears the bits after the prefix. A range that seems to begin at the written address begins earlier.

Instead: Write the block with its first address.
"""

from ipaddress import ip_interface, ip_network
from typing import Any

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.core import listed, mapping, mappings

_NAMES = ("CidrBlock", "CidrIp", "CidrIpv6", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "Ipv6CidrBlock")
_LISTS = ("SecurityGroupIngress", "SecurityGroupEgress")


@Rule.of("CIDR block with host bits", Severity.LOW)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.resources.values():
        if not resource.type.startswith("AWS::EC2::"):
            continue
        places: list[tuple[str, Any]] = [("", mapping(resource.properties))]
        places += [(name, item) for name in _LISTS for item in mappings(listed(resource.properties.get(name)))]
        for list_name, holder in places:
            for name in _NAMES:
                text = holder.get(name)
                meant = _meant(text) if isinstance(text, str) else None
                if meant:
                    message = f"`{text}` of `{resource.id}` has host bits: AWS reads it as `{meant}`"
                    yield Problem(resource.id, resource.origin_of(list_name or name), message, f"write `{meant}`")


def _meant(text: str) -> str | None:
    """Return the block that AWS uses for a text with host bits, None if it has none."""
    try:
        block = str(ip_network(text.strip(), strict=False))
    except ValueError:
        return None
    return None if ip_interface(text.strip()).ip == ip_network(block).network_address else block
