"""Kinds of things that the API describes: the operation of each, the parameters that select, and the error for an unknown one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import field

from netful.account.elbv2.describe import listeners, load_balancers, target_groups, trust_stores
from netful.account.elbv2.view import View
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Frozen
from netful.model.load_balancing_arns import BALANCERS, GROUPS, LISTENERS, RULES, TRUST_STORES


class Kind(Frozen):
    """A kind of things: `part` of the cloud.

    `operation` answers with a list `member` of records, each with its `arn`; `arns` is the parameter that asks for some,
    `named` are parameters that ask by another member of the records, and `within` those that ask for the things of
    another kind. `not_found` are the code and the text of the error for what is not there.
    """

    part: str
    operation: str
    member: str
    arn: str
    arns: str
    not_found: tuple[str, str]
    records: Callable[[View], Iterator[dict[str, Any]]]
    named: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def missing(self, asked: str) -> ApiError:
        """Return the error for something that is not there."""
        code, text = self.not_found
        return ApiError(code, text.format(asked))


def _each(part: str, record: Callable[[View, Any, str], dict[str, Any]]) -> Callable[[View], Iterator[dict[str, Any]]]:
    """Return the function that yields the records of the things of a part that have an ARN."""

    def records(view: View) -> Iterator[dict[str, Any]]:
        for thing in view.cloud.part(part).values():
            arn = view.arn(part, thing.id)
            if arn is not None:
                yield record(view, thing, arn)

    return records


KINDS = (
    Kind(BALANCERS, "DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerArns",
         ("LoadBalancerNotFound", "Load balancers '[{}]' not found"), _each(BALANCERS, load_balancers.load_balancer),
         named={"Names": "LoadBalancerName"}),
    Kind(GROUPS, "DescribeTargetGroups", "TargetGroups", "TargetGroupArn", "TargetGroupArns",
         ("TargetGroupNotFound", "Target groups '[{}]' not found"), _each(GROUPS, target_groups.target_group),
         named={"Names": "TargetGroupName"}, within={"LoadBalancerArn": (BALANCERS, "LoadBalancerArns")}),
    Kind(LISTENERS, "DescribeListeners", "Listeners", "ListenerArn", "ListenerArns",
         ("ListenerNotFound", "One or more listeners not found"), _each(LISTENERS, listeners.listener),
         within={"LoadBalancerArn": (BALANCERS, "LoadBalancerArn")}),
    Kind(RULES, "DescribeRules", "Rules", "RuleArn", "RuleArns",
         ("RuleNotFound", "One or more rules not found"), listeners.rules,
         within={"ListenerArn": (LISTENERS, "ListenerArn")}),
    Kind(TRUST_STORES, "DescribeTrustStores", "TrustStores", "TrustStoreArn", "TrustStoreArns",
         ("TrustStoreNotFound", "Trust store '{}' not found"), _each(TRUST_STORES, trust_stores.trust_store),
         named={"Names": "Name"}),
)  # fmt: skip
OF_PART = {kind.part: kind for kind in KINDS}


def record(view: View, part: str, arn: str) -> dict[str, Any]:
    """Return the record of a thing. Raises ApiError if nothing has the ARN."""
    kind = OF_PART[part]
    found = next((one for one in kind.records(view) if one[kind.arn] == arn), None)
    if found is None:
        raise kind.missing(arn)
    return found


def found(view: View, part: str, asked: Parameters) -> Any:
    """Return the thing of a part of the cloud that a request names by its ARN. Raises ApiError for an unknown one."""
    return view.cloud.part(part)[existing(view, part, asked[OF_PART[part].arn])]


def existing(view: View, part: str, asked: object) -> str:
    """Return the name in the cloud of the thing with an ARN or a name. Raises ApiError for an unknown one."""
    name = view.name(part, asked)
    if name is None:
        raise OF_PART[part].missing(str(asked))
    return name
