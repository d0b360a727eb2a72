"""Distance between a client's edge and the region, if the project states it (api-gateway §1.1)."""

import asyncio

from netful.engine.admission.judgement import Judgement
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.meaning import Meaning
from netful.model.cloud import Cloud
from netful.services.http.message import Response


class Distance(CallStage):
    """Stage that waits as long as a request and its response take from the edge to the region, over an open connection."""

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the requests have no edge, or no known distance to it."""
        return not _seconds(meaning.cloud, meaning.judged, meaning.source_ip)

    async def __call__(self, call: Call, following: Next) -> Response:
        """Wait, and have a call answered."""
        await asyncio.sleep(_seconds(call.cloud, call.judged, call.source_ip))
        return await following(call)


def _seconds(cloud: Cloud, judged: Judgement, source_ip: str) -> float:
    client = cloud.access.client_at(source_ip) if judged.edge else None
    return client.backbone_ms / 1000 if client is not None else 0.0
