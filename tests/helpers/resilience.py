"""The cells of `netful resilience`, each tried in a running stack by its fault."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from netful.engine.failures.failure import FailureKind
from netful.engine.failures.outage import outage_of
from netful.engine.trace.question import parse

AT_ONCE = 24
_TARGET_TIMEOUT = 504


def differences(stack, network):
    """The cells in which packets do something else than the report says; those that it does not know are not tried."""
    report, cloud = network.resilience(), network.cloud
    found = []
    for failure in report.failures:
        kind = "zone" if failure.kind is FailureKind.ZONE else "hang"
        number = stack.call("fault", kind=kind, target=failure.name, seconds=600, detach=True, **_WITHOUT_MORE)
        gone = outage_of(cloud, (failure,)).interfaces
        cells = [
            (source, flow.destination, expected)
            for flow in report.flows
            for source in flow.sources
            if (expected := _expected(flow, failure)) != "unknown"
        ]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tried = pool.map(partial(_tried, stack, cloud, gone), cells)
            found += [(str(failure), *cell, got) for cell, got in zip(cells, tried, strict=True) if cell[2] != got]
        stack.call("mend", number=number)
    return found


_WITHOUT_MORE = {"scope": "all", "prefix_list": "", "percent": 100, "delay_ms": 0}


def _expected(flow, failure):
    return next((str(loss.extent) for loss in flow.losses if loss.failure == failure), "goes on")


def _tried(stack, cloud, gone, cell):
    """What packets do from the interfaces that are left: AWS runs functions and tasks there."""
    source, destination, _ = cell
    starts = parse(cloud, source, destination).sources
    attempts = zip(starts, stack.probe(source, destination).observed, strict=True)
    left = [_reached(one) for start, one in attempts if start.interface is None or start.interface.id not in gone]
    if not any(left):
        return "ends"
    return "goes on" if all(left) else "partly"


def _reached(attempt):
    """Whether an attempt reached its destination; a load balancer was reached also where it answers that its target does not."""
    return attempt.verdict == "reachable" or attempt.status == _TARGET_TIMEOUT
