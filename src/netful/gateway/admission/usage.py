"""Usage of an API: the key of a request, the buckets on its ladder, its quota (api-gateway §0 rows 9 and 10, §3).

A key is read only if the route requires one. Throttles come before the quota: a throttled request does not count against
the quota. Buckets and counts survive a change of the template.
"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Literal

from netful.engine.admission.execution_logs import key_spent, key_throttled
from netful.engine.authorization.api_keys import key_with, opened, value_of
from netful.engine.http.gateway_errors import INVALID_KEY, KEY_TOO_MANY, QUOTA_SPENT, TOO_MANY, GatewayAnswer
from netful.engine.usage.throttles import Limit, Membership, ladder, quota
from netful.gateway.admission.buckets import Rated
from netful.gateway.admission.meter import Admission, Counted, Meter
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import LATER, AtOnce, CallStage, Later, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.context import resource_id
from netful.gateway.calls.faults import Fault, unshaped
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import Api, ApiRoute
from netful.model.apis.stage import Stage
from netful.model.apis.usage import ApiKey
from netful.model.core import Maybe, Unknown
from netful.services.http.message import Request, Response

_UNLIMITED = 1e15  # infinity times zero seconds is not a number


class Usage(CallStage):
    """Stage for throttles and quotas, which the meter counts. `account` is the limit of the account if it is not AWS's default."""

    title = "throttle and quota"

    def __init__(self, meter: Meter, clock: Clock, account: Limit | None = None) -> None:
        self.meter = meter
        self._clock = clock
        self._account = account
        self._admissions: dict[tuple[str, str, str, str], Admission] = {}

    def change(self) -> None:
        """Apply other limits from now on."""
        self._admissions.clear()
        self.meter.change()

    def at_once(self, meaning: Meaning) -> AtOnce | None:
        """Return the throttle of a route whose callers need no key."""
        api, stage, route = meaning.judged.api, meaning.judged.stage, meaning.judged.route
        if api is None or stage is None or route is None or route.api_key_required:
            return None
        admission = self._admission(api, stage, route)
        refusal = unshaped(api, TOO_MANY) or LATER

        def throttled(_request: Request, now: float, at: float) -> Response | Literal[Later.LATER] | None:
            found = admission.at_once(now, at)
            return found if found is None or found is LATER else refusal

        return throttled

    async def __call__(self, call: Call, following: Next) -> Response:
        """Count a call. An admitted call has its API key."""
        key, member = _key(call) if call.route.api_key_required else (None, None)
        admission = self._admission(call.api, call.stage, call.route, key, member)
        refused = await admission.admit(self._clock.monotonic(), call.at)
        if refused is not None:
            raise Fault(refused, _why(call, refused, key, member))
        if key is not None:
            call = replace(
                call, identity={**call.identity, "apiKey": value_of(key), "apiKeyId": call.cloud.aws_id(key.id)}
            )
        return await following(call)

    def _admission(
        self, api: Api, stage: Stage, route: ApiRoute, key: ApiKey | None = None, member: Membership | None = None
    ) -> Admission:
        """Return the admission for the requests to a route, with a key if the route requires one."""
        place = (stage.id, route.path, route.http_method, key.id if key else "")
        found = self._admissions.get(place)
        if found is None:
            limits = ladder(api, stage, route, member, self._account)
            rungs = tuple(_rated(api, stage, route, limit, key) for limit in limits)
            counted = quota(route, member)
            of_key = Counted(member.plan.id, key.id, counted) if member and key and counted else None
            found = self._admissions[place] = self.meter.admission(rungs, of_key, self._clock.monotonic())
        return found


def _key(call: Call) -> tuple[ApiKey, Membership]:
    """Return the key of a call, with the usage plan that covers this stage; raise Fault without one."""
    by_authorizer = getattr(call.api, "api_key_source", "HEADER") == "AUTHORIZER"
    key = key_with(call.cloud, call.api_key if by_authorizer else call.request.header("x-api-key"))
    member = opened(call.cloud, call.stage, key)
    if key is None or member is None:
        raise Fault(INVALID_KEY)
    return key, member


def _why(call: Call, refused: GatewayAnswer, key: ApiKey | None, member: Membership | None) -> str:
    """Return the line of an execution log for a refusal, which only the limits of a key have."""
    if key is None or member is None or call.record is None:
        return ""
    place = value_of(key), call.api_id, str(call.stage.stage_name), member.plan.id
    counted = quota(call.route, member)
    if refused is QUOTA_SPENT and counted is not None:
        return key_spent(*place, counted)
    if refused is not KEY_TOO_MANY:
        return ""
    resource = resource_id(call.cloud, call.api, call.route.path, call.route)
    (limit, *_) = ladder(call.api, call.stage, call.route, member)
    return key_throttled(*place, resource, call.request.method, limit)


def _rated(api: Api, stage: Stage, route: ApiRoute, limit: Limit, key: ApiKey | None) -> Rated:
    """Return the bucket of a rung."""
    return Rated(_name(api, stage, route, limit, key), _number(limit.rate), _number(limit.burst), limit.source)


def _number(value: Maybe[float]) -> float:
    """Return a limit as a number; an unknown limit and -1 refuse no request (§3.1)."""
    return _UNLIMITED if isinstance(value, Unknown) or value < 0 else value


def _name(api: Api, stage: Stage, route: ApiRoute, limit: Limit, key: ApiKey | None) -> Hashable:
    """Return the name by which requests share the bucket of a rung (the table of `engine.usage.throttles`)."""
    method = (stage.id, route.path, route.http_method)
    key_id = key.id if key else ""
    return {
        "usage plan method": (limit.component, key_id, *method),
        "usage plan": (limit.component, key_id),
        "account default": (api.region,),
    }.get(limit.source, method)
