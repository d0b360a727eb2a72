"""Settings of each VPC's resolver: DNS Firewall that fails open, reverse rules, validation of DNSSEC.

Every VPC has them. A VPC whose settings a call changed has a resource with them.
"""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256

from netful.account.changes import new, updated
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, page
from netful.account.records.view import View
from netful.account.resolver.kinds import vpc
from netful.account.writing import Change, Write
from netful.model.core import Frozen, Resource

_DIGITS = 17
_STATES = {"ENABLE": "ENABLED", "DISABLE": "DISABLED"}


class Setting(Frozen):
    """A kind of settings: the end of its operations' names, its member of answers, the beginning of its ids.

    `shown` is its value in answers, `set` in requests and in the properties of its type.
    """

    name: str
    member: str
    listed: str
    prefix: str
    type: str
    shown: str
    set: str
    default: str

    def record(self, view: View, vpc_name: str) -> Record:
        """Return the settings of a VPC."""
        own = self.resource(view, vpc_name)
        value = str(own.properties.get(self.set)) if own is not None else self.default
        id_, account = view.cloud.aws_id(vpc_name), view.cloud.account_id
        digits = sha256(f"{account}/{self.prefix}/{id_}".encode()).hexdigest()[:_DIGITS]
        shown = _STATES.get(value, value)
        return {"Id": f"{self.prefix}-{digits}", "ResourceId": id_, "OwnerId": account, self.shown: shown}

    def resource(self, view: View, vpc_name: str) -> Resource | None:
        """Return the resource with the settings of a VPC."""
        every = view.cloud.template.of_type(self.type)
        return next((one for one in every if view.name(one.properties.get("ResourceId")) == vpc_name), None)


SETTINGS = (
    Setting("FirewallConfig", "FirewallConfig", "FirewallConfigs", "rslvr-fc", "Netful::Route53Resolver::FirewallConfig",
            "FirewallFailOpen", "FirewallFailOpen", "DISABLED"),
    Setting("ResolverConfig", "ResolverConfig", "ResolverConfigs", "rslvr-rc", "AWS::Route53Resolver::ResolverConfig",
            "AutodefinedReverse", "AutodefinedReverseFlag", "ENABLED"),
    Setting("ResolverDnssecConfig", "ResolverDNSSECConfig", "ResolverDnssecConfigs", "rslvr-dnssec",
            "Netful::Route53Resolver::DnssecConfig", "ValidationStatus", "Validation", "DISABLED"),
)  # fmt: skip


def _get(setting: Setting, view: View, asked: Parameters) -> Record:
    return {setting.member: setting.record(view, vpc(view, asked["ResourceId"], "ResourceNotFoundException"))}


def _list(setting: Setting, view: View, asked: Parameters) -> Record:
    return page(setting.listed, asked, [setting.record(view, name) for name in view.cloud.network.vpcs])


def _update(setting: Setting, view: View, asked: Parameters) -> Change[View]:
    place = vpc(view, asked["ResourceId"], "ResourceNotFoundException")
    value, own = asked[setting.set], setting.resource(view, place)
    id_ = view.cloud.aws_id(place)
    edit = (
        updated(own, **{setting.set: value})
        if own is not None
        else new(setting.type, f"{setting.prefix}-{id_}", {"ResourceId": id_, setting.set: value})
    )
    return Change((edit,), lambda after: {setting.member: setting.record(after, place)})


LOOKS: Mapping[str, Look] = {
    **{f"Get{one.name}": partial(_get, one) for one in SETTINGS},
    **{f"List{one.listed}": partial(_list, one) for one in SETTINGS},
}
WRITES: Mapping[str, Write[View]] = {f"Update{one.name}": partial(_update, one) for one in SETTINGS}
