"""Route 53 Profiles: names and filters that many VPCs share (spec: newer-aws §5)."""

from netful.model.core import Identified, Maybe


class ProfileResource(Identified):
    """A resource of a Profile, by its id: a private zone, a resolver rule, a rule group of DNS Firewall, an endpoint.

    `priority` is that of a rule group among the groups of a VPC.
    """

    resource_id: Maybe[str]
    priority: Maybe[int]


class Profile(Identified):
    """A Profile with its resources and the VPCs that have it. One that is not `loaded` is known from associations alone."""

    vpc_ids: tuple[Maybe[str], ...] = ()
    resources: tuple[ProfileResource, ...] = ()
    loaded: bool = True
