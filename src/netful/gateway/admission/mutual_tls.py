"""Mutual TLS of custom domains: a client has to show a certificate that the domain trusts (api-gateway §5.19)."""

from netful.engine.admission.execution_logs import DENIED
from netful.engine.apis.mutual_tls import asks, refusal
from netful.engine.http.gateway_errors import FORBIDDEN
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.meaning import Meaning
from netful.services.http.message import Response


class MutualTls(CallStage):
    """Stage that refuses clients without such a certificate."""

    title = "mutual TLS"

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the domain asks for no certificate."""
        return meaning.judged.domain is None or not asks(meaning.judged.domain)

    async def __call__(self, call: Call, following: Next) -> Response:
        """Check the certificate of a client."""
        domain = call.judged.domain
        if domain is not None and asks(domain):
            why = refusal(domain, call.request.connection.client_certificate)
            if why:
                raise Fault(FORBIDDEN, DENIED + why)
        return await following(call)
