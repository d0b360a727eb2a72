"""Parameter groups of ElastiCache, Redshift and DAX: a service's operations on the parameters that its users set.

Caches that netful runs follow them. Of a service with more parameters than netful knows, those that users set are described.
"""

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.changes import updated
from netful.account.managed.things import Change, Look, Thing, writes
from netful.account.managed.view import Kind, View, page, plain
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.account.writing import Write
from netful.model.core import Frozen, Resource


class ParameterGroups(Frozen):
    """The parameter groups of a service.

    `described` and `parameters` are the operations that list groups and parameters, `groups` is the member with the groups.
    `verb` is in the name of the operation that sets the parameters of `given`, which CloudFormation has in `property`, as a
    mapping or `listed`. `defaults` are the groups that AWS makes. `every` are all parameters with their usual values, if
    netful knows them. `several` is the parameter with the names of groups, where a request may have more than one.
    """

    thing: Thing
    described: str
    groups: str
    parameters: str
    verb: str
    given: str
    property: str
    defaults: Mapping[str, Mapping[str, Any]]
    listed: bool = False
    every: Mapping[str, str] | None = None
    several: str = ""
    page: Callable[[str, Parameters, list[dict[str, Any]]], Mapping[str, Any]] = page

    def looks(self) -> dict[str, Look]:
        """Return the operations that describe groups and parameters."""
        return {self.described: self._groups, self.parameters: self._parameters}

    def writes(self) -> dict[str, Write[View]]:
        """Return the operations that create, change and delete groups."""
        return {**writes((self.thing,), self.verb), f"{self.verb}{self.thing.noun}": self._modify}

    def _groups(self, view: View, asked: Parameters) -> Mapping[str, Any]:
        named = asked.get(self.several or self.thing.asked) or []
        wanted = [str(one) for one in (named if isinstance(named, list) else [named])]
        rows = [{self.thing.asked: name, **one} for name, one in self.defaults.items() if not wanted or name in wanted]
        own = [one for one in wanted if one not in self.defaults]
        if own or not wanted:
            rows += self.thing.described(view, {"names": own}, "names")
        return self.page(self.groups, asked, rows)

    def _parameters(self, view: View, asked: Parameters) -> Mapping[str, Any]:
        name, source = str(asked[self.thing.asked]), asked.get("Source")
        own = {} if name in self.defaults else self._set(view.found(self.thing.kind, name))
        if self.every is None and source != "user":
            raise invalid_value("Parameters of the source `user` are described here, and no others")
        rows = [
            {"ParameterName": one, "ParameterValue": value, "Source": "user" if one in own else "system"}
            for one, value in {**(self.every or {}), **own}.items()
        ]
        return self.page("Parameters", asked, [one for one in rows if source in (None, one["Source"])])

    def _set(self, group: Resource) -> dict[str, str]:
        """Return the parameters that a group sets."""
        written = plain(group, self.property) or {}
        if isinstance(written, list | tuple):
            written = {one["ParameterName"]: one.get("ParameterValue") for one in written if isinstance(one, Mapping)}
        return {str(name): str(value) for name, value in written.items()} if isinstance(written, Mapping) else {}

    def _modify(self, view: View, asked: Parameters) -> Change:
        """Set parameters, at once."""
        group = view.found(self.thing.kind, asked[self.thing.asked])
        added = {one["ParameterName"]: str(one.get("ParameterValue", "")) for one in asked.get(self.given) or ()}
        unknown = next((one for one in added if self.every is not None and one not in self.every), None)
        if unknown is not None:
            raise ApiError("InvalidParameterValueException", f"The parameter {unknown} does not exist")
        merged = {**self._set(group), **added}
        rows = [{"ParameterName": name, "ParameterValue": value} for name, value in merged.items()]
        change = updated(group, **{self.property: rows if self.listed else merged})
        names = {self.thing.asked: view.identifier(self.thing.kind, group), "ParameterGroupStatus": _UPDATED}
        return Change((change,), lambda after: {**names, self.thing.member: self.thing.record(after, change.resource)})


_UPDATED = "Your parameter group has been updated."


def thing(
    service: str, kind: Kind, noun: str, exists: str, in_use: str, users: tuple[Kind, ...], property_: str
) -> Thing:
    """Return the kind of a service's groups; `users` name one in a property."""

    def facts(view: View, one: Resource) -> Mapping[str, Any]:
        own = {kind.name: view.identifier(kind, one), "ARN": view.arn(kind, one), "IsGlobal": False}
        return {**own, "Tags": view.tags(one)}

    named = tuple((one, property_) for one in users)
    return Thing(service, kind, noun, kind.name, noun, exists, facts, users=named, in_use=in_use)
