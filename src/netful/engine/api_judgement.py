"""What does not change between two like requests: the API, stage and route they mean, and the first refusal.

The live gateway asks this of every request. It is the same judgement that `trace` shows, without what depends on the
moment: keys, buckets and authorizers, which the gateway asks for itself, in AWS's order (api-gateway §0). What the rules
cannot decide, because it hangs on a caller's identity that is not emulated, is let through.
"""

from __future__ import annotations

from dataclasses import dataclass

from netful.engine import api_requests
from netful.engine.api_access import Caller
from netful.engine.api_answers import FORBIDDEN, Answer
from netful.engine.api_requests import ApiRequest
from netful.model.api import Api, ApiEndpointType, Route
from netful.model.cloud import Cloud
from netful.model.domain import DomainName
from netful.model.stage import Stage

_OF_THE_MOMENT = ("api key", "throttle")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a request means: `path` is what stands behind the stage.

    `refusal` comes before the integration is asked for, `integration_refusal` in its place.
    """

    api: Api | None
    stage: Stage | None
    route: Route | None
    path: str
    domain: DomainName | None = None
    refusal: Answer | None = None
    integration_refusal: Answer | None = None

    @property
    def edge(self) -> bool:
        """Whether the request comes through the emulated CloudFront: by an edge domain, or an edge API's own name."""
        if self.domain is not None:
            return self.domain.endpoint_type is ApiEndpointType.EDGE
        return self.api is not None and self.api.endpoint_type is ApiEndpointType.EDGE


def judge(cloud: Cloud, request: ApiRequest, caller: Caller) -> Judgement:
    """What a request means, and whether it is let through."""
    meant = api_requests.destination(cloud, request, caller)
    refusal = integration_refusal = None
    for step in api_requests.steps(cloud, request, caller):
        if step.ruling.verdict != "deny" or step.kind in _OF_THE_MOMENT:
            continue
        if step.kind == "integration":
            integration_refusal = step.answer
        elif refusal is None:
            refusal = step.answer or FORBIDDEN
    api = meant.came.api
    if refusal is None and (api is None or meant.stage is None or meant.route is None):
        refusal = FORBIDDEN  # `trace` takes an API that was not loaded to be there; here nothing answers for it
    return Judgement(api, meant.stage, meant.route, meant.path, meant.came.domain, refusal, integration_refusal)
