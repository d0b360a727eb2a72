"""Random load balancers: a target is reported as not reached exactly where `trace` finds no way to it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Severity
from netful.checks.registry import rule_named
from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.model.balancing.load_balancers import LoadBalancerType
from tests.helpers.draw import balanced_clouds
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

ABSENT = {Code.BAD_STATE, Code.NO_POSSIBLE_DESTINATION}


def behind_listener(path):
    """The hops behind the load balancer's listener that stop requests or answers."""
    first = next((hop.n for hop in path.hops if hop.kind is HopKind.LISTENER), len(path.every_hop))
    return [hop for hop in path.hops if hop.n > first and hop.verdict == "deny" and hop.code not in ABSENT]


@examples(100, suppress_health_check=[*HealthCheck])
@given(cloud=balanced_clouds(), type_=st.sampled_from((LoadBalancerType.APPLICATION, LoadBalancerType.NETWORK)))
def test_a_target_is_reported_where_no_request_reaches_it(cloud, type_):
    assume(cloud.balancing.target_groups["Tg"].targets)
    balancer = replace(cloud.balancing.load_balancers["Nlb"], type=type_)
    group = replace(cloud.balancing.target_groups["Tg"], protocol="TCP", preserve_client_ip=False)
    facts = Facts(cloud.having(load_balancers={"Nlb": balancer}, target_groups={"Tg": group}))
    found = [*rule_named("NF734").find(facts)]
    grave = [one for one in found if one.severity is None and one.path and "health checks" not in one.message]
    owners = {eni.owner_id for eni in cloud.network.network_interfaces.values()} - {"Nlb"}
    paths = [path for source in ("internet", *sorted(owners)) if (path := facts.path(source, "Nlb:tcp/443"))]
    assert not grave or all(path.verdict != "reachable" for path in paths)
    assert found or not any(map(behind_listener, paths))
    assert all(one.path.verdict == "blocked" for one in found if one.path)
    assert {one.severity for one in found} <= {None, Severity.MEDIUM}
