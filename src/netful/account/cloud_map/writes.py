"""Writes of Cloud Map. Names of a service resolve to its instances before the call is answered; each has an operation."""

import secrets
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.changes import Edit, Remove, new, updated
from netful.account.cloud_map.kinds import (
    ATTRIBUTES,
    INSTANCE,
    NAMESPACES,
    SERVICES,
    TAGGED,
    instance_id,
    instances_of,
    namespace_of,
    namespaces,
    service,
    service_of,
    services_in,
)
from netful.account.operations.query_api import Parameters
from netful.account.records import tags
from netful.account.records.view import View, plain
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource
from netful.model.names.generated.id_forms import form_of, formed

_KEPT_OF_SERVICE = (
    "Name",
    "Description",
    "DnsConfig",
    "HealthCheckConfig",
    "HealthCheckCustomConfig",
    "Tags",
    "Type",
    "CreatorRequestId",
)
_ALIAS = "AWS_ALIAS_DNS_NAME"
_VALUES = {
    "A": "AWS_INSTANCE_IPV4", "AAAA": "AWS_INSTANCE_IPV6", "CNAME": "AWS_INSTANCE_CNAME", "SRV": "AWS_INSTANCE_PORT",
}  # fmt: skip
"""The attributes of instances that records are made of, by the type of the record."""

MOST = 10_000


class Operations:
    """The last operations of asynchronous calls, `MOST` at most. All have succeeded before their calls were answered."""

    def __init__(self) -> None:
        self._done: dict[str, Mapping[str, Any]] = {}

    def add(self, type_: str, **targets: str) -> Mapping[str, Any]:
        """Record an operation; return the answer that names it."""
        id_, now = f"{secrets.token_hex(16)}-{secrets.token_hex(4)}", time.time()
        self._done[id_] = {
            "Id": id_,
            "Type": type_,
            "Status": "SUCCESS",
            "CreateDate": now,
            "UpdateDate": now,
            "Targets": targets,
        }
        if len(self._done) > MOST:
            del self._done[next(iter(self._done))]
        return {"OperationId": id_}

    def get(self, _view: View, asked: Parameters) -> Mapping[str, Any]:
        """GetOperation."""
        if asked["OperationId"] not in self._done:
            raise ApiError("OperationNotFound", f"The operation {asked['OperationId']} does not exist")
        return {"Operation": self._done[asked["OperationId"]]}

    def listed(self, _view: View, _asked: Parameters) -> Mapping[str, Any]:
        """ListOperations."""
        return {"Operations": [{"Id": one["Id"], "Status": one["Status"]} for one in self._done.values()]}

    def writes(self) -> dict[str, Write[View]]:
        """Return the writes that operations report, by name."""
        return {
            "CreatePrivateDnsNamespace": partial(self._create_namespace, "DNS_PRIVATE"),
            "CreatePublicDnsNamespace": partial(self._create_namespace, "DNS_PUBLIC"),
            "CreateHttpNamespace": partial(self._create_namespace, "HTTP"),
            "DeleteNamespace": self._delete_namespace,
            "UpdateService": self._update_service,
            "RegisterInstance": self._register,
            "DeregisterInstance": self._deregister,
        }

    def _create_namespace(self, type_: str, view: View, asked: Parameters) -> Change[View]:
        """Create a namespace; one with DNS has a zone, a private one in its VPC."""
        name, vpc = asked["Name"], view.name(asked.get("Vpc"))
        if type_ == "DNS_PRIVATE" and vpc not in view.cloud.network.vpcs:
            raise ApiError("InvalidInput", f"The VPC {asked.get('Vpc')} does not exist")
        for other, one in namespaces(view):
            if (other, plain(one, "Name")) == (type_, name) and (
                type_ != "DNS_PRIVATE" or view.name(plain(one, "Vpc")) == vpc
            ):
                raise ApiError("NamespaceAlreadyExists", f"The namespace {name} exists already")
        kind = NAMESPACES[type_]
        id_ = _new_id(view, kind.type)
        given = {key: asked[key] for key in ("Name", "Description", "Tags", "CreatorRequestId") if key in asked}
        own = {**given, "Vpc": vpc} if type_ == "DNS_PRIVATE" else given
        return Change((new(kind.type, id_, own),), lambda _after: self.add("CREATE_NAMESPACE", NAMESPACE=id_))

    def _delete_namespace(self, view: View, asked: Parameters) -> Change[View]:
        _, one = namespace_of(view, asked["Id"])
        if services_in(view, one):
            raise ApiError("ResourceInUse", f"The namespace {asked['Id']} has services")
        aws_id = view.id(one)
        return Change((Remove(one.id),), lambda _after: self.add("DELETE_NAMESPACE", NAMESPACE=aws_id))

    def _update_service(self, view: View, asked: Parameters) -> Change[View]:
        one, given = service_of(view, asked["Id"]), dict(asked["Service"])
        if given.get("DnsConfig"):
            given["DnsConfig"] = {**(plain(one, "DnsConfig") or {}), **given["DnsConfig"]}
        aws_id = view.id(one)
        return Change((updated(one, **given),), lambda _after: self.add("UPDATE_SERVICE", SERVICE=aws_id))

    def _register(self, view: View, asked: Parameters) -> Change[View]:
        """RegisterInstance: the same id again replaces the instance."""
        one = service_of(view, asked["ServiceId"])
        _require_values(one, asked["Attributes"])
        there = _registered(view, one, asked["InstanceId"])
        own = {"ServiceId": one.id, "InstanceId": asked["InstanceId"], ATTRIBUTES: asked["Attributes"]}
        put = new(INSTANCE, there.id if there else f"{view.id(one)}/{asked['InstanceId']}", own)
        return Change((put,), lambda _after: self.add("REGISTER_INSTANCE", INSTANCE=asked["InstanceId"]))

    def _deregister(self, view: View, asked: Parameters) -> Change[View]:
        there = registered(view, service_of(view, asked["ServiceId"]), asked["InstanceId"])
        return Change((Remove(there.id),), lambda _after: self.add("DEREGISTER_INSTANCE", INSTANCE=asked["InstanceId"]))


def _require_values(service: Resource, attributes: Mapping[str, str]) -> None:
    """Raise ApiError for an instance without the values of the records that its service makes."""
    config = plain(service, "DnsConfig") or {}
    for record in () if _ALIAS in attributes else config.get("DnsRecords") or ():
        needed = _VALUES.get(record.get("Type"))
        if needed is not None and needed not in attributes:
            text = f"The attribute {needed} is required: the service has records of the type {record['Type']}"
            raise ApiError("InvalidInput", text)


def registered(view: View, one: Resource, id_: str) -> Resource:
    """Return an instance of a service. Raises ApiError for an unknown one."""
    found = _registered(view, one, id_)
    if found is None:
        raise ApiError("InstanceNotFound", f"The instance {id_} is not registered")
    return found


def _registered(view: View, one: Resource, id_: str) -> Resource | None:
    return next((each for each in instances_of(view, one) if instance_id(view, each) == id_), None)


def _new_id(view: View, type_: str) -> str:
    form = form_of(type_)
    assert form is not None
    return formed(form, view.cloud.account_id, view.cloud.region, secrets.token_hex())


def create_service(view: View, asked: Parameters) -> Change[View]:
    """CreateService: its name in the namespace's zone has no address before instances are registered."""
    config = dict(asked.get("DnsConfig") or {})
    named = asked.get("NamespaceId") or config.get("NamespaceId")
    if not named:
        raise ApiError("InvalidInput", "A service needs the id of its namespace")
    type_, space = namespace_of(view, named)
    if any(plain(one, "Name") == asked["Name"] for one in services_in(view, space)):
        raise ApiError("ServiceAlreadyExists", f"The service {asked['Name']} exists already")
    if config and type_ == "HTTP":
        raise ApiError("InvalidInput", "A service of an HTTP namespace has no DNS records")
    own = {key: asked[key] for key in _KEPT_OF_SERVICE if key in asked}
    own["NamespaceId"] = space.id
    if config:
        own["DnsConfig"] = {key: value for key, value in config.items() if key != "NamespaceId"}
    id_ = _new_id(view, SERVICES.type)
    return Change(
        (new(SERVICES.type, id_, own),), lambda after: {"Service": service(after, after.cloud.template.resources[id_])}
    )


def delete_service(view: View, asked: Parameters) -> Change[View]:
    """DeleteService: no instance may be registered."""
    one = service_of(view, asked["Id"])
    if instances_of(view, one):
        raise ApiError("ResourceInUse", f"The service {asked['Id']} has registered instances")
    edits: tuple[Edit, ...] = (Remove(one.id),)
    return Change(edits, lambda _after: {})


WRITES: Mapping[str, Write[View]] = {
    "CreateService": create_service,
    "DeleteService": delete_service,
    **tags.writes(TAGGED, "ResourceARN"),
}
