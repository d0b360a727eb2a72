"""A call of an API: the request, its meaning, and the facts for integrations."""

from collections.abc import Hashable, Mapping
from typing import Any

from msgspec import field

from netful.engine.admission.judgement import Judgement
from netful.engine.apis.routing import path_parameters
from netful.engine.http import queries
from netful.engine.integrations.integration_targets import Callee, callee
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.integrations.selection_expressions import template_key
from netful.gateway.calls.identifiers import Identifiers
from netful.gateway.calls.lazy_property import Lazy
from netful.gateway.calls.record import Record
from netful.model.apis.api import Api, ApiRoute, Authorization, Protocol, RestApi
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.services.http.message import Headers, Request

Multi = dict[str, list[str]]

# headers that are dropped first of all, so mapping templates do not see them either (api-gateway §5.3)
_DROPPED = frozenset({
    "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server", "te",
    "transfer-encoding", "trailer", "upgrade", "www-authenticate",
})  # fmt: skip
_OF_HTTP_APIS = frozenset({"content-length"})
"""Headers that an HTTP API passes on, as events of AWS show; without a body it adds the length 0."""
_NO_BODY = ("Content-Length", "0")


class Call(Frozen, dict=True):
    """A call of an API.

    `host` is AWS's host of the API. `sent` is the request as the client sent and signed it, if `request` differs from it.

    The stages add the rest. `identity`: the known facts about the caller besides its address. `authorizer`: the result of an
    authorizer, and `api_key` the key in it. `record`: the notes for a log. `context`: the `$context` of a WebSocket.
    The class has no slots: derived values are computed at their first use, and kept.
    """

    cloud: Cloud
    request: Request
    host: str
    judged: Judgement
    names: Identifiers
    at: float
    source_ip: str
    identity: Mapping[str, str] = field(default_factory=dict)
    authorizer: Mapping[str, Any] | None = None
    api_key: str = ""
    context: Mapping[str, Any] | None = None
    record: Record | None = None
    sent: Request | None = None

    @Lazy
    def api(self) -> Api:
        """The API of a call that is not refused."""
        assert self.judged.api is not None
        return self.judged.api

    @property
    def api_id(self) -> str:
        """The API's id at AWS; "" if no API is called."""
        return self.cloud.aws_id(self.judged.api.id) if self.judged.api else ""

    @Lazy
    def stage(self) -> Stage:
        """The stage that is called."""
        assert self.judged.stage is not None
        return self.judged.stage

    @Lazy
    def route(self) -> ApiRoute:
        """The route that is called."""
        assert self.judged.route is not None
        return self.judged.route

    @Lazy
    def integration(self) -> Integration:
        """The integration of the route."""
        assert self.route.integration is not None
        return self.route.integration

    @Lazy
    def callee(self) -> Callee:
        """The callee of the integration, the same for all calls of the route with the same stage variables."""
        place = ("callee", *place_of(self.stage, self.route), *self.stage_variables.items())
        return self.cloud.derived(place, lambda: callee(self.cloud, self.integration, self.stage))

    @property
    def path(self) -> str:
        """The path after the stage. With a custom domain, it begins with the base path."""
        if self.judged.domain is not None:
            return "/" + self.request.path.lstrip("/")
        return self.judged.path

    @Lazy
    def path_parameters(self) -> dict[str, str]:
        """Parameters of the path by name, still percent-encoded."""
        return path_parameters(self.route, self.judged.path) if self.judged.route else {}

    @Lazy
    def query(self) -> Multi:
        """Parameters of the query, decoded."""
        if "?" not in self.request.target:
            return {}
        return queries.parameters(self.request.query, of_rest=isinstance(self.judged.api, RestApi))

    @Lazy
    def headers(self) -> Multi:
        """The request's headers for the integration, with those that the gateway adds."""
        values: Multi = {}
        spelled: dict[str, str] = {}
        dropped = _DROPPED | {"authorization"} if self._is_signed else _DROPPED
        dropped = dropped - _OF_HTTP_APIS if self._of_http_api else dropped
        for name, value in self.request.headers:
            if name.lower() not in dropped:
                values.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
        for name, value in self._added():
            values[spelled.get(name.lower(), name)] = [value]
        return values

    @property
    def _is_signed(self) -> bool:
        """Return whether a signature authorizes the call. No integration of a REST API receives that signature (§5.3)."""
        given = self.request.header("authorization")
        route = self.judged.route
        if not given or route is None or not isinstance(self.judged.api, RestApi):
            return False
        kind = route.authorization_type
        return kind is Authorization.AWS_IAM or (given.startswith("AWS4-") and kind is Authorization.NONE)

    @property
    def _of_http_api(self) -> bool:
        return self.judged.api is not None and self.judged.api.protocol is Protocol.HTTP

    def _added(self) -> Headers:
        forwarded, peer = self.request.header("x-forwarded-for"), self.request.connection.client[0]  # may be the edge
        return (
            ("Host", self.host),
            ("X-Amzn-Trace-Id", self.names.trace_id),
            ("X-Forwarded-For", f"{forwarded}, {peer}" if forwarded else peer),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Proto", "https"),
            *((_NO_BODY,) if self._of_http_api and not self.request.body else ()),
        )

    @Lazy
    def stage_variables(self) -> dict[str, str]:
        """The stage's variables whose values are known."""
        variables = self.judged.stage.variables if self.judged.stage else {}
        return {name: value for name, value in variables.items() if isinstance(value, str)}

    @Lazy
    def text(self) -> str:
        """The body as text: bytes that are not UTF-8 are replaced, as API Gateway does (§5.16)."""
        return self.request.body.decode("utf-8", "replace")

    @property
    def template_key(self) -> str:
        """The key of the template for the body of the request."""
        content_type = self.request.header("content-type")
        return template_key(self.integration, content_type, Message(body=self.text))

    def message(self, context: Mapping[str, Any]) -> Message:
        """Return the message that parameter mappings read."""
        path = {name: [value] for name, value in self.path_parameters.items()}
        values = {"path": path, "querystring": self.query, "header": self.headers}
        return Message(values, self.text, context, self.stage_variables)


def place_of(stage: Stage, route: ApiRoute) -> tuple[Hashable, ...]:
    """Return the common key of the calls of a route of a stage. A canary has its own key."""
    return stage.id, stage.is_canary, str(stage.deployment_id), route.path, route.http_method
