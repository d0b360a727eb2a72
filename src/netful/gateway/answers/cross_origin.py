"""Cross-origin requests to an HTTP API with a CORS configuration (the rules of `engine.http.cors`)."""

from dataclasses import replace

from netful.engine.admission.judgement import Judgement
from netful.engine.http.cors import answer_headers, is_preflight, preflight_headers
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.faults import answered
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import HttpApi
from netful.model.apis.cors import CorsConfiguration
from netful.services.http.message import Response

_NO_CONTENT = 204


class CrossOrigin(CallStage):
    """Stage that answers preflights, and adds the headers of the configuration to every other response."""

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the API has no configuration, and leaves preflights to its routes."""
        return _cors(meaning.judged) is None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Answer a preflight, or have a call answered."""
        cors, request = _cors(call.judged), call.request
        if cors is None:
            return await following(call)
        origin = request.header("origin")
        if is_preflight(request.method, origin, request.header("access-control-request-method")):
            return Response(_NO_CONTENT, preflight_headers(cors, origin))
        response = await answered(call, following)
        return replace(response, headers=answer_headers(cors, origin, response.headers))


def _cors(judged: Judgement) -> CorsConfiguration | None:
    served = judged.served and judged.stage is not None
    return judged.api.cors_configuration if served and isinstance(judged.api, HttpApi) else None
