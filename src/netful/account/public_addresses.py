"""Public addresses over a change of an account: what is there keeps its own, what is new gets the lowest that are free.

The readers number the addresses that AWS assigns in the order of the resources. A change renumbers them beyond all that are
in use, which distinguishes them from Elastic IPs. Each is then replaced.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import count

from netful.model.cloud import Cloud
from netful.model.core import Resource, SourceError
from netful.model.network import addresses

_EIP = "AWS::EC2::EIP"


def elastic_addresses(cloud: Cloud, resources: Mapping[str, Resource], running: Cloud) -> dict[str, str]:
    """Return the addresses of all Elastic IPs among the resources, by id.

    Those of the cloud are as its templates have them, all others as they run.
    """
    own = {eip.id: eip.public_ip for eip in cloud.network.elastic_ips.values() if eip.id in resources}
    others = [one.id for one in resources.values() if one.type == _EIP and one.id not in own]
    run = {eip.id: eip.public_ip for eip in running.network.elastic_ips.values() if eip.public_ip not in own.values()}
    kept = {**own, **{id_: run[id_] for id_ in others if id_ in run}}
    free = _free({*kept.values(), *_in_use(running)})
    fresh = dict(zip((id_ for id_ in others if id_ not in run), free, strict=False))
    return {id_: str(address) for id_, address in {**kept, **fresh}.items()}


def first_unused(elastic: Iterable[str], *clouds: Cloud) -> int:
    """Return the number from which on no address is in use."""
    used = (address for cloud in clouds for address in _in_use(cloud))
    numbers = map(addresses.elastic_ip_number, (*map(IPv4Address, elastic), *used))
    return max((number + 1 for number in numbers if number is not None), default=0)


def kept_addresses(fresh: Cloud, before: Cloud, first: int) -> Cloud:
    """Return a cloud whose interfaces keep the addresses that AWS assigned; those from the number `first` on are replaced."""
    elastic = {eip.public_ip for eip in (*fresh.network.elastic_ips.values(), *before.network.elastic_ips.values())}
    interfaces = fresh.network.network_interfaces
    assigned = [eni for eni in interfaces.values() if eni.public_ip is not None and eni.public_ip not in elastic]
    renumbered = [eni for eni in assigned if eni.public_ip is not None and _is_new(eni.public_ip, first)]
    kept = {
        eni.id: old.public_ip
        for eni in renumbered
        if (old := before.network.network_interfaces.get(eni.id)) is not None
        and old.public_ip is not None
        and old.public_ip not in elastic
    }
    free = _free({*elastic, *_in_use(before)})
    changed = {eni.id: replace(eni, public_ip=kept.get(eni.id) or next(free)) for eni in renumbered}
    return fresh.having(network_interfaces={**interfaces, **changed})


def unused(*clouds: Cloud) -> Iterator[IPv4Address]:
    """Yield the public addresses that no cloud uses, lowest first."""
    elastic = (one.public_ip for cloud in clouds for one in cloud.network.elastic_ips.values())
    return _free({*(one for one in elastic if one is not None), *(one for cloud in clouds for one in _in_use(cloud))})


def _is_new(address: IPv4Address, first: int) -> bool:
    number = addresses.elastic_ip_number(address)
    return number is not None and number >= first


def _in_use(cloud: Cloud) -> Iterator[IPv4Address]:
    return (address for eni in cloud.network.network_interfaces.values() for address in eni.public_addresses())


def _free(used: set[IPv4Address]) -> Iterator[IPv4Address]:
    for number in count():
        try:
            address = addresses.elastic_ip(number)
        except IndexError as error:
            raise SourceError(str(error)) from None
        if address not in used:
            yield address
