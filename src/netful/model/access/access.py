"""Roles, web ACLs, and the identities, issuers and clients of a project, by id."""

from collections.abc import Mapping
from ipaddress import ip_address

from msgspec import field

from netful.model.access.allowed_host import AllowedHost
from netful.model.access.identity import Identity
from netful.model.access.internet_client import InternetClient
from netful.model.access.issuer import Issuer
from netful.model.access.set_policy import SetPolicy
from netful.model.access.web_acl import IpSet, RegexPatternSet, RuleGroup, WebAcl, WebAclAssociation
from netful.model.core import Frozen
from netful.model.functions.function import Function, Role


class Access(Frozen, dict=True):
    """Roles, those that calls deleted, policies that calls set, web ACLs, and what a project declares, by id."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    deleted_roles: Mapping[str, Role] = field(default_factory=dict)
    set_policies: Mapping[str, SetPolicy] = field(default_factory=dict)
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    clients: Mapping[str, InternetClient] = field(default_factory=dict)
    allowed_hosts: Mapping[str, AllowedHost] = field(default_factory=dict)
    web_acls: Mapping[str, WebAcl] = field(default_factory=dict)
    rule_groups: Mapping[str, RuleGroup] = field(default_factory=dict)
    ip_sets: Mapping[str, IpSet] = field(default_factory=dict)
    regex_pattern_sets: Mapping[str, RegexPatternSet] = field(default_factory=dict)
    web_acl_associations: Mapping[str, WebAclAssociation] = field(default_factory=dict)

    def role_of(self, function: Function) -> Role | None:
        """Return the role of a loaded function: by the role's id, its ARN, or its name with an optional path."""
        return self.role_named(function.role) if isinstance(function.role, str) else None

    def role_named(self, text: str) -> Role | None:
        """Return the role with an id, an ARN, or a name with an optional path; one that was deleted allows nothing."""
        whole = text.partition(":role/")[2] or text
        for name in dict.fromkeys((whole, whole.rpartition("/")[2])):
            found = self.roles.get(name) or next((r for r in self.roles.values() if r.role_name == name), None)
            if found is not None:
                return found
        return self.deleted_roles.get(text.rpartition("/")[2])

    def client_at(self, address: str) -> InternetClient | None:
        """Return the clients that the project declares with this address."""
        if not self.clients or not address:
            return None
        return next((one for one in self.clients.values() if ip_address(address) in one.addresses), None)
