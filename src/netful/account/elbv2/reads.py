"""Describe operations of load balancing: one mechanism for every kind, and the few that follow another form."""

from collections.abc import Callable, Sequence
from functools import partial

from netful.account import reading
from netful.account.elbv2.describe import attributes, facts, trust_stores
from netful.account.elbv2.describe.listeners import certificates
from netful.account.elbv2.describe.target_health import Found, target_health
from netful.account.elbv2.kinds import KINDS, OF_PART, Kind, existing, found
from netful.account.elbv2.view import View
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Look, Paging, Record
from netful.account.wire.errors import ApiError
from netful.model.core import is_set
from netful.model.load_balancing_arns import BALANCERS, GROUPS, LISTENERS, PREFIXES, RULES, TRUST_STORES
from netful.model.names.service_names import service

page = Paging("Marker", "NextMarker", "PageSize", 400, "ValidationError", "'{}' is not a valid marker").page


class Reads:
    """The operations that only look. `view` gives the cloud as it is now, `health` what its load balancers find."""

    def __init__(self, view: Callable[[], View], health: Callable[[], Found]) -> None:
        self._view = view
        self._health = health

    def operations(self) -> dict[str, Operation]:
        """Return all of them, by name."""
        looks: dict[str, Look[View]] = {
            "DescribeLoadBalancerAttributes": partial(attributes_of, BALANCERS),
            "DescribeTargetGroupAttributes": partial(attributes_of, GROUPS),
            "DescribeListenerAttributes": partial(attributes_of, LISTENERS),
            "DescribeListenerCertificates": _listener_certificates,
            "DescribeTargetHealth": self._target_health,
            "DescribeTags": _tags,
            "DescribeTrustStoreAssociations": _associations,
            "DescribeTrustStoreRevocations": _revocations,
            "GetTrustStoreCaCertificatesBundle": _bundle,
            "DescribeCapacityReservation": _capacity_reservation,
            "DescribeAccountLimits": lambda _view, asked: page("Limits", asked, facts.LIMITS),
            "DescribeSSLPolicies": lambda _view, asked: page("SslPolicies", asked, _policies(asked)),
        }
        kinds = {kind.operation: partial(_describe, kind) for kind in KINDS}
        return reading.operations({**kinds, **looks}, self._view)

    def _target_health(self, view: View, asked: Parameters) -> Record:
        health = target_health(view, found(view, GROUPS, asked), self._health(), asked.get("Targets"))
        return {"TargetHealthDescriptions": health}


def _describe(kind: Kind, view: View, asked: Parameters) -> Record:
    records: list[Record] = [*kind.records(view)]
    for parameter, (part, member) in kind.within.items():
        if asked.get(parameter):
            holder = view.arns[part][existing(view, part, asked[parameter])]
            records = [one for one in records if holder in (one[member], *_several(one[member]))]
    if asked.get(kind.arns):
        arns = [view.arn(kind.part, one) or one for one in asked[kind.arns]]
        records = _those(kind, records, kind.arn, arns)
    for parameter, member in kind.named.items():
        if asked.get(parameter):
            records = _those(kind, records, member, asked[parameter])
    return page(kind.member, asked, records)


def _several(value: object) -> Sequence[str]:
    return value if isinstance(value, list) else ()


def _those(kind: Kind, records: Sequence[Record], member: str, wanted: Sequence[str]) -> list[Record]:
    """Return the records with certain values of a member. Raises ApiError for a value that none has."""
    there = {one[member] for one in records}
    missing = next((one for one in wanted if one not in there), None)
    if missing is not None:
        raise kind.missing(missing)
    return [one for one in records if one[member] in wanted]


def attributes_of(part: str, view: View, asked: Parameters) -> Record:
    """Return the answer with the attributes of a thing of a part of the cloud."""
    _, _, of = attributes.OF_PART[part]
    thing = found(view, part, asked)
    known = {name: value for name, value in {**of(thing), **attributes.own(view, part, thing)}.items() if is_set(value)}
    return {"Attributes": attributes.listed(known)}


def _listener_certificates(view: View, asked: Parameters) -> Record:
    every = certificates(view, found(view, LISTENERS, asked))
    return page("Certificates", asked, [{**one, "IsDefault": number == 0} for number, one in enumerate(every)])


def _capacity_reservation(view: View, asked: Parameters) -> Record:
    existing(view, BALANCERS, asked["LoadBalancerArn"])
    return {"DecreaseRequestsRemaining": 2, "CapacityReservationState": []}


def _associations(view: View, asked: Parameters) -> Record:
    name = existing(view, TRUST_STORES, asked["TrustStoreArn"])
    return page("TrustStoreAssociations", asked, [*trust_stores.associations(view, name)])


def _revocations(view: View, asked: Parameters) -> Record:
    """Return no revocations: calls cannot add any."""
    existing(view, TRUST_STORES, asked["TrustStoreArn"])
    return page("TrustStoreRevocations", asked, [])


def _bundle(view: View, asked: Parameters) -> Record:
    """Return the place of a bundle, as S3 has it."""
    store = found(view, TRUST_STORES, asked)
    return {"Location": f"https://{store.bucket}.{service('s3').host(view.cloud.region)}/{store.key}"}


def _tags(view: View, asked: Parameters) -> Record:
    tagged_ = ((arn, tagged(view, arn)) for arn in asked["ResourceArns"])
    return {"TagDescriptions": [{"ResourceArn": arn, "Tags": view.tags(name)} for arn, name in tagged_]}


def tagged(view: View, arn: str) -> str:
    """Return the name of the thing with an ARN, of whatever kind. Raises ApiError for an unknown one."""
    for part in OF_PART:
        name = view.name(part, arn)
        if name is not None:
            return name
    if any(one["RuleArn"] == arn for one in OF_PART[RULES].records(view)):
        return arn  # a default rule, which is part of its listener
    path = arn.partition(":elasticloadbalancing:")[2].split(":")[-1]
    kind = next((one for one in KINDS if path.startswith(PREFIXES[one.part])), None)
    raise kind.missing(arn) if kind else ApiError("ValidationError", f"'{arn}' is not a valid resource ARN")


def _policies(asked: Parameters) -> list[Record]:
    named = asked.get("Names")
    every: list[Record] = [facts.policy(name) for name in named or facts.POLICIES if name in facts.POLICIES]
    if named and len(every) < len(named):
        raise ApiError("SSLPolicyNotFound", "One or more SSL policies not found")
    return every
