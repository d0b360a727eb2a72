"""What-if against faults: random clouds, single failures, and the flows that work: the same ones go on, in trace and in the kernel.

`trace --without` asks a cloud without the thing that failed; `fault` darkens its interfaces in the kernel, or has routes to it drop
packets. `make differential-faults N=1000`
draws other clouds each time.
"""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from netful.engine.failures.failure import FailureKind, single_failures
from netful.engine.failures.outage import outage_of
from netful.engine.failures.without import without
from netful.engine.faults.disruption import disrupted
from netful.engine.faults.effects import effects
from netful.engine.faults.fault import Fault, FaultKind
from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.ends.sources import Outside
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.fabric.fabric import Fabric
from netful.model.core import QuestionError, StackError
from tests.fabric.test_agreement import LONG_LOOK_SECONDS, LOOK_SECONDS, questions
from tests.helpers.draw import clouds
from tests.helpers.kernel import outcomes

pytestmark = [pytest.mark.packets, pytest.mark.long]
CHOSEN = os.environ.get("NETFUL_FAULTS")
CLOUDS = int(CHOSEN or 10)
FAILURES = 3  # of each cloud


def break_down(thread, fabric, cloud, failure):
    """Put the fault in force that is a failure, in place of the one before."""
    fault = Fault(FaultKind.ZONE if failure.kind is FailureKind.ZONE else FaultKind.HANG, failure.name)
    thread.run(fabric.change, disrupted(cloud, (fault,)))
    thread.run(fabric.impaired.follow, fabric.vpcs, effects(cloud, (fault,)).losses, (), (), {})


def reaches(cloud, question):
    return trace_as_sent(cloud, question).verdict == "reachable"


def asked_of(cloud, left, outage):
    """The flows that work, from starts that are left, each with whether it still works.

    Clients are led away from addresses that have failed, in `trace` and on AWS. So an endpoint is tried at those that are left, and a
    name where none of its addresses has failed.
    """
    gone = outage.interfaces
    shifting = {eni.owner_id for id_ in gone if (eni := cloud.network.network_interfaces[id_])}
    for question in questions(cloud):
        (start,) = question.sources
        if start.interface is not None and start.interface.id in gone:
            continue
        if isinstance(question.target, HostDestination) and shifting & {*cloud.network.vpc_endpoints}:
            continue
        if reaches(cloud, question):
            try:
                again = replace(parse(left, question.source, question.destination), sources=(start,))
            except QuestionError:  # its only interface is gone
                yield question, False
            else:
                yield again, reaches(left, again)


@pytest.mark.parametrize("part", range(2))
def test_what_a_failure_ends_is_what_its_fault_ends(thread, part):
    @settings(
        max_examples=-(-CLOUDS // 2),
        deadline=None,
        suppress_health_check=[*HealthCheck],
        print_blob=True,
        database=None,
        derandomize=not CHOSEN,
        phases=[Phase.generate],
    )
    @given(cloud=clouds(), data=st.data())
    def on_all(cloud, data):
        every = single_failures(cloud)
        if every:
            chosen = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=FAILURES, unique=True))
            agree(thread, cloud, chosen)

    (on_all if CHOSEN else seed(part)(on_all))()


def agree(thread, cloud, failures):
    fabric = thread.run(Fabric, cloud, thread.limbo)
    try:
        for failure in failures:
            outage = outage_of(cloud, (failure,))
            flows = [*asked_of(cloud, without(cloud, outage), outage)]
            break_down(thread, fabric, cloud, failure)
            if not has_site(thread, fabric):
                assert not any(goes_on for question, goes_on in flows if from_site(question))
                flows = [flow for flow in flows if not from_site(flow[0])]
            for seconds in (LOOK_SECONDS, LONG_LOOK_SECONDS):  # a machine under load gets a second, longer look
                ended = outcomes(fabric, thread, [question for question, _ in flows], seconds)
                differ = [(*flow, ways) for flow, ways in zip(flows, ended, strict=True) if passes(ways) != flow[1]]
                flows = [(question, expected) for question, expected, _ in differ]
                if not flows:
                    break
            told = [f"{q.source} → {q.destination} without {failure}: trace {e}, kernel {w}" for q, e, w in differ]
            assert not told, "\n".join(told)
    finally:
        for door in fabric.doors:
            door.close()
        thread.run(fabric.close)


def from_site(question):
    return question.sources[0].outside is Outside.ON_PREMISES


def has_site(thread, fabric):
    """Whether a network on-premises is left; the failure of its only link takes it away."""
    try:
        thread.run(fabric.positions.on_premises)
    except StackError:
        return False
    return True


def passes(ways):
    return all(end.outcome == "open" for end in ways)
