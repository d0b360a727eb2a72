"""Writes of listeners and their certificates."""

from collections.abc import Mapping, Sequence
from typing import Any

from netful.account.changes import Edit, Remove, new, updated
from netful.account.elbv2.describe.listeners import SECURE
from netful.account.elbv2.kinds import existing, found
from netful.account.elbv2.view import View
from netful.account.elbv2.world import CERTIFICATES, LISTENER, Asked, Change, answered, changed, fresh_hex
from netful.account.elbv2.writes.actions import checked_actions
from netful.account.elbv2.writes.load_balancers import certificates_of, of_listeners
from netful.account.wire.errors import ApiError
from netful.model.balancing.load_balancers import Listener, LoadBalancer, LoadBalancerType
from netful.model.load_balancing_arns import BALANCERS, LISTENERS, TRUST_STORES, full_name

_PROTOCOLS = {
    LoadBalancerType.APPLICATION: ("HTTP", "HTTPS"),
    LoadBalancerType.NETWORK: ("TCP", "TLS", "UDP", "TCP_UDP"),
}
_KEPT, _MUTUAL = ("SslPolicy", "AlpnPolicy", "MutualAuthentication"), "MutualAuthentication"


def create_listener(view: View, asked: Asked) -> Change:
    """CreateListener: it answers before the call does."""
    balancer: LoadBalancer = found(view, BALANCERS, asked)
    for key in ("Protocol", "Port"):
        if asked.get(key) is None:
            raise ApiError("ValidationError", f"A listener {key.lower()} must be specified")
    properties = {
        "LoadBalancerArn": balancer.id, "Protocol": _protocol(balancer, asked), "Port": asked["Port"],
        "DefaultActions": checked_actions(view, balancer, asked["DefaultActions"]),
        "Certificates": _certificates(view, asked.get("Certificates"), asked["Protocol"]),
        **_kept(view, asked), "Tags": asked.get("Tags"),
    }  # fmt: skip
    given = {key: value for key, value in properties.items() if value is not None}
    there = _at(view, balancer.id, asked["Port"])
    if there is not None:
        resource = view.resource(there.id)
        if resource is None or any(resource.properties.get(key) != value for key, value in given.items()):
            raise _duplicate(view, balancer.id)
        return Change((), answered(LISTENERS, there.id))
    id_ = f"listener/{full_name(view.arns[BALANCERS][balancer.id])}/{fresh_hex()}"
    return Change((new(LISTENER, id_, given),), answered(LISTENERS, id_))


def _kept(view: View, asked: Asked) -> dict[str, Any]:
    """Return the parameters that are properties as they are; a trust store has its name in the cloud."""
    given = {key: asked[key] for key in _KEPT if asked.get(key) is not None}
    if given.get(_MUTUAL, {}).get("TrustStoreArn"):
        given[_MUTUAL] = {
            **given[_MUTUAL],
            "TrustStoreArn": existing(view, TRUST_STORES, given[_MUTUAL]["TrustStoreArn"]),
        }
    return given


def _protocol(balancer: LoadBalancer, asked: Asked) -> str:
    known = _PROTOCOLS.get(balancer.type, ())
    if asked["Protocol"] not in known:
        raise ApiError(
            "ValidationError", f"Listener protocol '{asked['Protocol']}' must be one of '{', '.join(known)}'"
        )
    return str(asked["Protocol"])


def _certificates(view: View, asked: Sequence[Asked] | None, protocol: str) -> list[dict[str, str]] | None:
    if protocol not in SECURE:
        if asked:
            raise ApiError("ValidationError", f"A certificate cannot be specified for {protocol} listeners")
        return None
    if not asked:
        raise ApiError("ValidationError", f"A certificate must be specified for {protocol} listeners")
    return _named(view, asked)


def _named(view: View, asked: Sequence[Asked]) -> list[dict[str, str]]:
    return [{"CertificateArn": view.certificate(one["CertificateArn"])} for one in asked if one.get("CertificateArn")]


def _at(view: View, balancer: str, port: int) -> Listener | None:
    return next((one for one in view.cloud.balancing.listeners_of(balancer) if one.port == port), None)


def _duplicate(view: View, balancer: str) -> ApiError:
    text = f"A listener already exists on this port for this load balancer '{view.arns[BALANCERS][balancer]}'"
    return ApiError("DuplicateListener", text)


def modify_listener(view: View, asked: Asked) -> Change:
    """ModifyListener: what is named changes."""
    listener = _listener(view, asked)
    balancer = view.cloud.balancing.load_balancers[str(listener.load_balancer_id)]
    port, protocol = asked.get("Port", listener.port), asked.get("Protocol", listener.protocol)
    there = _at(view, balancer.id, port)
    if there is not None and there.id != listener.id:
        raise _duplicate(view, balancer.id)
    given = _kept(view, asked)
    given |= {"Port": port, "Protocol": _protocol(balancer, {"Protocol": protocol})}
    if asked.get("DefaultActions"):
        given["DefaultActions"] = checked_actions(view, balancer, asked["DefaultActions"])
    if asked.get("Certificates") or protocol not in SECURE:
        given["Certificates"] = _certificates(view, asked.get("Certificates"), protocol)
    elif not listener.certificates:
        raise ApiError("ValidationError", f"A certificate must be specified for {protocol} listeners")
    if protocol not in SECURE:
        given["SslPolicy"] = None
    return Change((changed(view, listener.id, **given),), answered(LISTENERS, listener.id))


def delete_listener(view: View, asked: Asked) -> Change:
    """DeleteListener, with its rules."""
    return Change((*map(Remove, of_listeners(view, [_listener(view, asked).id])),))


def _listener(view: View, asked: Asked) -> Listener:
    listener: Listener = found(view, LISTENERS, asked)
    return listener


def add_listener_certificates(view: View, asked: Asked) -> Change:
    """AddListenerCertificates: further ones, beside the default one."""
    listener = _listener(view, asked)
    if listener.protocol not in SECURE:
        raise ApiError("ValidationError", f"Certificates cannot be added to {listener.protocol} listeners")
    wanted = [one for one in _named(view, asked["Certificates"]) if one["CertificateArn"] not in listener.certificates]
    properties = {"ListenerArn": listener.id, "Certificates": wanted}
    edits = (new(CERTIFICATES, f"{listener.id}.certificates.{fresh_hex()}", properties),) if wanted else ()
    return Change(edits, lambda _view: {"Certificates": asked["Certificates"]})


def remove_listener_certificates(view: View, asked: Asked) -> Change:
    """RemoveListenerCertificates: the default one stays."""
    listener = _listener(view, asked)
    gone = {one["CertificateArn"] for one in _named(view, asked["Certificates"])}
    if listener.certificates and listener.certificates[0] in gone:
        raise ApiError("OperationNotPermitted", "The default certificate of a listener cannot be removed")
    edits: list[Edit] = []
    for resource in certificates_of(view, listener.id):
        listed: Sequence[Mapping[str, Any]] = resource.properties.get("Certificates") or ()
        kept = [one for one in listed if one.get("CertificateArn") not in gone]
        edits += [updated(resource, Certificates=kept)] if kept else [Remove(resource.id)]
    return Change(tuple(edits))


WRITES = {
    "CreateListener": create_listener,
    "ModifyListener": modify_listener,
    "DeleteListener": delete_listener,
    "AddListenerCertificates": add_listener_certificates,
    "RemoveListenerCertificates": remove_listener_certificates,
}
