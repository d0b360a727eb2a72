"""Domain lists of DNS Firewall: those of the account, and those that AWS manages, whose domains are not known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from netful.account.changes import Edit, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, listing, page
from netful.account.records.nouns import Noun
from netful.account.records.view import View, plain
from netful.account.resolver.kinds import DOMAINS, GROUP, SERVICE, head
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource
from netful.model.names.generated.id_forms import form_of, formed

_OWNER = "Route 53 Resolver DNS Firewall"
_MANAGED = tuple(
    f"AWSManagedDomains{name}"
    for name in ("AggregateThreatList", "AmazonGuardDutyThreatList", "BotnetCommandandControl", "MalwareDomainList")
)


def domain_list(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a list."""
    found = {**head(view, DOMAINS, resource), "DomainCount": len(_domains(resource)), "Status": "COMPLETE"}
    managed = plain(resource, "ManagedOwnerName")
    return {**found, "ManagedOwnerName": managed, "DomainCount": 0} if managed else found


def _domains(resource: Resource) -> list[str]:
    """Return the domains of a list as the API has them."""
    return [f"{str(one).lower().rstrip('.')}." for one in plain(resource, "Domains") or ()]


def _managed(view: View) -> Iterator[Resource]:
    """Yield the lists that AWS manages: a rule that names one brings it into the account."""
    form = form_of(DOMAINS.type)
    assert form is not None
    for name in _MANAGED:
        id_ = formed(form, "aws", view.cloud.region, name)
        own = view.cloud.template.resources.get(id_)
        yield own or new(DOMAINS.type, id_, {"Name": name, "ManagedOwnerName": _OWNER}).resource


def _lists(view: View) -> Iterator[Record]:
    managed = {one.id: one for one in _managed(view)}
    own = (one for one in view.of_kind(DOMAINS) if one.id not in managed)
    return (domain_list(view, one) for one in (*managed.values(), *own))


def found(view: View, asked: object) -> tuple[Resource, tuple[Edit, ...]]:
    """Return a list by its id, and the edit that brings it into the account. Raises ApiError for an unknown one."""
    for one in _managed(view):
        if one.id == asked:
            return one, () if one.id in view.cloud.template.resources else (new(one.type, one.id, one.properties),)
    return view.found(DOMAINS, asked), ()


def _get(view: View, asked: Parameters) -> Record:
    return {DOMAINS.member: domain_list(view, found(view, asked["FirewallDomainListId"])[0])}


def _own(view: View, asked: Parameters) -> Resource:
    """Return a list of the account. Raises ApiError for one that AWS manages."""
    resource, _ = found(view, asked["FirewallDomainListId"])
    if plain(resource, "ManagedOwnerName"):
        text = f"The domain list {view.id(resource)} is managed by {_OWNER}"
        raise ApiError("AccessDeniedException", text)
    return resource


def _update(view: View, asked: Parameters) -> Change[View]:
    """UpdateFirewallDomains: queries are judged by the new list from now on."""
    resource = _own(view, asked)
    before, given = _domains(resource), [f"{_checked(one)}." for one in asked["Domains"]]
    after = _AFTER[asked["Operation"]](before, given)

    def answer(view: View) -> Record:
        done = {"Status": "COMPLETE", "StatusMessage": "Finished domain list update"}
        return {"Id": view.id(resource), "Name": plain(resource, "Name"), **done}

    return Change((updated(resource, Domains=after),), answer)


def _added(before: Sequence[str], given: Sequence[str]) -> list[str]:
    return [*dict.fromkeys((*before, *given))]


_AFTER: Mapping[str, Callable[[Sequence[str], Sequence[str]], list[str]]] = {
    "ADD": _added,
    "REMOVE": lambda before, given: [one for one in before if one not in given],
    "REPLACE": lambda _before, given: _added((), given),
}


def _checked(domain: str) -> str:
    """Return a domain without its last dot. Raises ApiError for a text that is not one; `*` may be the first label."""
    text = domain.lower().rstrip(".")
    labels = text.removeprefix("*.").split(".") if text != "*" else ["x"]
    if any(not label or len(label) > 63 or "*" in label or " " in label for label in labels):
        raise ApiError("ValidationException", f"The domain name '{domain}' is not valid")
    return text


def _delete(view: View, asked: Parameters) -> Change[View]:
    """DeleteFirewallDomainList: no rule may use it."""
    resource = _own(view, asked)
    for group in view.of_kind(GROUP):
        if any(
            view.name(one.get("FirewallDomainListId")) == resource.id for one in plain(group, "FirewallRules") or ()
        ):
            text = f"The domain list {view.id(resource)} is used by the rule group {view.id(group)}"
            raise ApiError("ConflictException", text)
    return _LISTS.removed(view, resource)


_LISTS = Noun(SERVICE, DOMAINS, domain_list)
LOOKS: Mapping[str, Look] = {
    "GetFirewallDomainList": _get,
    "ListFirewallDomainLists": listing(SERVICE, "ListFirewallDomainLists", _lists),
    "ListFirewallDomains": lambda view, asked: page("Domains", asked, _domains(_own(view, asked))),
}
WRITES: Mapping[str, Write[View]] = {
    "CreateFirewallDomainList": lambda view, asked: _LISTS.added(view, asked, {"Domains": []}),
    "UpdateFirewallDomains": _update,
    "DeleteFirewallDomainList": _delete,
}
