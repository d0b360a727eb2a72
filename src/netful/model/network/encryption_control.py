"""VPC encryption controls: whether a VPC requires encryption, and what it excludes from that (newer-aws §10.3)."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import field

from netful.model.core import Identified, Maybe


class EncryptionMode(StrEnum):
    """Mode of a control: it watches, or AWS refuses what is not encrypted."""

    MONITOR = "monitor"
    ENFORCE = "enforce"


class Exclusion(StrEnum):
    """A kind of thing that a control may exclude, as templates name it before `Exclusion`."""

    INTERNET_GATEWAY = "InternetGateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "EgressOnlyInternetGateway"
    NAT_GATEWAY = "NatGateway"
    VPN_GATEWAY = "VirtualPrivateGateway"
    PEERING = "VpcPeering"
    LAMBDA = "Lambda"
    LATTICE = "VpcLattice"
    EFS = "ElasticFileSystem"


class VpcEncryptionControl(Identified):
    """The control of a VPC; `exclusions` has those that are set, Unknown where the value is not known."""

    vpc_id: Maybe[str]
    mode: Maybe[EncryptionMode]
    exclusions: Mapping[Exclusion, Maybe[bool]] = field(default_factory=dict)

    @property
    def enforces(self) -> bool:
        """Return whether AWS refuses what is neither encrypted nor excluded."""
        return self.mode is EncryptionMode.ENFORCE

    def refuses(self, what: Exclusion) -> bool:
        """Return whether AWS refuses something in the VPC."""
        return self.enforces and self.exclusions.get(what) is not True

    def exclusion_property(self, what: Exclusion) -> str:
        """Return the property that excludes something: of a control of its own, or within the VPC."""
        return f"{what}Exclusion" if self.id == self.vpc_id else f"{what}ExclusionInput"
