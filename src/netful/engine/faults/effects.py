"""Effects of faults that no rule of AWS expresses: interfaces that are dark or lose packets, gateways, resolvers, functions."""

from collections.abc import Iterable

from msgspec import field

from netful.engine.faults.fault import Fault, FaultKind
from netful.engine.trace.ends.interface_words import interfaces_named
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError

LOSES_ALL = 100


class Effects(Frozen, dict=True):
    """`losses` are the percentages of packets that interfaces lose, by id, `delays` the milliseconds that packets to interfaces wait. `exhausted` are NAT gateways without free ports.

    `silent` are VPCs whose resolver answers nothing; `slow` are the delays of others, in seconds. `functions` are the faults of
    invocations, by function.
    """

    losses: dict[str, int] = field(default_factory=dict)
    delays: dict[str, int] = field(default_factory=dict)
    exhausted: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)
    functions: dict[str, list[Fault]] = field(default_factory=dict)


def effects(cloud: Cloud, faults: Iterable[Fault]) -> Effects:
    """Return the effects of faults together; those whose target is gone have none."""
    found, functions = Effects(), cloud.compute.functions
    for fault in faults:
        match fault.kind:
            case FaultKind.ZONE | FaultKind.HANG | FaultKind.LOSS:
                share = fault.percent if fault.kind is FaultKind.LOSS else LOSES_ALL
                for id_ in _interfaces(cloud, fault):
                    found.losses[id_] = max(share, found.losses.get(id_, 0))
            case FaultKind.LATENCY:
                for id_ in _interfaces(cloud, fault):
                    found.delays[id_] = max(fault.delay_ms, found.delays.get(id_, 0))
            case FaultKind.NAT_PORTS:
                found.exhausted.add(fault.target)
            case FaultKind.DNS if fault.delay_ms:
                found.slow[fault.target] = fault.delay_ms / 1000
            case FaultKind.DNS:
                found.silent.add(fault.target)
            case FaultKind.LAMBDA_DELAY | FaultKind.LAMBDA_ERROR | FaultKind.THROTTLE if fault.target in functions:
                found.functions.setdefault(fault.target, []).append(fault)
            case _:  # `disruption` has them
                pass
    return found


def _interfaces(cloud: Cloud, fault: Fault) -> list[str]:
    every = cloud.network.network_interfaces.values()
    if fault.kind is FaultKind.ZONE:
        return [eni.id for eni in every if cloud.network.zone_of_interface(eni) == fault.target]
    try:
        return [eni.id for eni in interfaces_named(cloud, fault.target)]
    except QuestionError:
        return []
