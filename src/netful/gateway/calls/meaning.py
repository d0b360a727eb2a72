"""Meaning of a request: the part that all requests of the same kind share."""

from netful.engine.admission.judgement import Judgement
from netful.gateway.calls import edge
from netful.gateway.calls.call import Call
from netful.gateway.calls.identifiers import Identifiers
from netful.model.access.internet_client import InternetClient
from netful.model.apis.api import HttpApi
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.addresses import EDGE_CLIENT
from netful.services.http.message import Request

_EDGE_CLIENT = str(EDGE_CLIENT)


class Meaning(Frozen):
    """Host, method and target in the API's form, and the judgement of the engine.

    `as_sent`: method and target are those that the client sent. `edge`: the request comes through the emulated CloudFront.
    """

    cloud: Cloud
    judged: Judgement
    host: str
    method: str
    target: str
    source_ip: str
    as_sent: bool
    edge: bool

    @property
    def viewer(self) -> InternetClient | None:
        """The client of an edge, as far as the project describes it."""
        return self.cloud.access.client_at(self.source_ip)

    def call(self, request: Request, names: Identifiers, at: float) -> Call:
        """Return the call that a request of this meaning makes at a time of day."""
        judged, sent = self.judged, None
        if not self.as_sent:
            sent, request = request, request.asking(self.method, self.target)
        if self.edge:
            region = judged.api.region if judged.api else self.cloud.region
            request = edge.through(request, region, names.edge_id, self.viewer)
        return Call(self.cloud, request, self.host, judged, names, at, self._seen(request), sent=sent)

    def _seen(self, request: Request) -> str:
        """Return the source address as the API reports it: an HTTP API behind CloudFront reports the viewer's, as events of AWS show."""
        viewer = request.header("x-forwarded-for").rpartition(",")[2].strip()
        behind = self.source_ip == _EDGE_CLIENT and isinstance(self.judged.api, HttpApi)
        return viewer if behind and viewer else self.source_ip
