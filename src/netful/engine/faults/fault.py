"""Faults and their targets: those of AWS's Fault Injection Service (newer-aws §13.3), and failures of single things."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from netful.engine.failures.failure import FailureKind, failure_of
from netful.engine.trace.ends.interface_words import interfaces_named
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError

_MOST_LATENCY_MS = 60_000


class FaultKind(StrEnum):
    """Kinds of faults."""

    CONNECTIVITY = "connectivity"
    ENDPOINT = "endpoint"
    ZONE = "zone"
    HANG = "hang"
    LOSS = "loss"
    LATENCY = "latency"
    NAT_PORTS = "nat-ports"
    DNS = "dns"
    LAMBDA_DELAY = "lambda-delay"
    LAMBDA_ERROR = "lambda-error"
    THROTTLE = "throttle"


class Scope(StrEnum):
    """Traffic of a subnet that `connectivity` denies, in the words of FIS."""

    ALL = "all"
    AVAILABILITY_ZONE = "availability-zone"
    DYNAMODB = "dynamodb"
    PREFIX_LIST = "prefix-list"
    S3 = "s3"
    VPC = "vpc"


class Fault(Frozen):
    """A fault of one target, which is a name of the cloud, or a zone.

    `scope` and `prefix_list` are those of `connectivity`. `percent` is the share of packets or invocations. `delay_ms` is that of
    answers (`dns`, 0: none at all), of packets or of invocations.
    """

    kind: FaultKind
    target: str
    scope: Scope = Scope.ALL
    prefix_list: str = ""
    percent: int = 100
    delay_ms: int = 0

    def __str__(self) -> str:
        more = f" --scope {self.scope}" if self.kind is FaultKind.CONNECTIVITY else ""
        return f"{self.kind} {self.target}{more}"


def checked(cloud: Cloud, fault: Fault) -> Fault:
    """Return a fault with the cloud's name of its target. Raises QuestionError if there is no such target."""
    target = cloud.named(fault.target)
    if not 1 <= fault.percent <= 100:
        raise QuestionError(f"`--percent {fault.percent}` is not a share", hint="write a number from 1 to 100")
    if fault.delay_ms < 0:
        raise QuestionError(f"`--delay {fault.delay_ms}` is not a time", hint="write milliseconds")
    if fault.kind in (FaultKind.LAMBDA_DELAY, FaultKind.LATENCY) and not fault.delay_ms:
        raise QuestionError(f"`{fault.kind}` needs a delay", hint="write `--delay MILLISECONDS`")
    if fault.kind is FaultKind.LATENCY and fault.delay_ms > _MOST_LATENCY_MS:
        raise QuestionError(f"`--delay {fault.delay_ms}` is more than a minute", hint="`hang` loses all packets")
    if fault.kind is FaultKind.HANG:
        failure = failure_of(cloud, fault.target)
        kind = FaultKind.ZONE if failure.kind is FailureKind.ZONE else FaultKind.HANG
        fault, target = replace(fault, kind=kind), failure.name
    elif fault.kind in (FaultKind.LOSS, FaultKind.LATENCY):
        interfaces_named(cloud, fault.target)
    else:
        what, there = _TARGETS[fault.kind]
        known = there(cloud)
        if target not in known:
            shown = ", ".join(f"`{name}`" for name in sorted(known)) or "none"
            raise QuestionError(f"`{fault.target}` is not {what}", hint=f"there are: {shown}")
    prefix_list = cloud.named(fault.prefix_list) if fault.prefix_list else ""
    if fault.scope is Scope.PREFIX_LIST and prefix_list not in cloud.network.prefix_lists:
        what = f"`{fault.prefix_list}` is not a prefix list" if prefix_list else "`prefix-list` needs a prefix list"
        raise QuestionError(what, hint="write `--prefix-list ID`")
    return replace(fault, target=target, prefix_list=prefix_list)


def _zones(cloud: Cloud) -> set[str]:
    return {str(subnet.availability_zone) for subnet in cloud.network.subnets.values() if subnet.availability_zone}


_FUNCTION: tuple[str, Callable[[Cloud], set[str]]] = ("a function", lambda cloud: {*cloud.compute.functions})
_TARGETS: Mapping[FaultKind, tuple[str, Callable[[Cloud], set[str]]]] = {
    FaultKind.CONNECTIVITY: ("a subnet", lambda cloud: {*cloud.network.subnets}),
    FaultKind.ENDPOINT: (
        "an interface endpoint",
        lambda cloud: {id_ for id_ in cloud.network.vpc_endpoints if cloud.network.interfaces_of(id_)},
    ),
    FaultKind.ZONE: ("an availability zone with subnets", _zones),
    FaultKind.NAT_PORTS: ("a NAT gateway", lambda cloud: {*cloud.network.nat_gateways}),
    FaultKind.DNS: ("a VPC", lambda cloud: {*cloud.network.vpcs}),
    FaultKind.LAMBDA_DELAY: _FUNCTION,
    FaultKind.LAMBDA_ERROR: _FUNCTION,
    FaultKind.THROTTLE: (
        "a function or an API",
        lambda cloud: {*cloud.compute.functions, *cloud.apis.rest_apis, *cloud.apis.http_apis},
    ),
}
