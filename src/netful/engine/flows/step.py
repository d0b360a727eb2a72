"""One step of API Gateway's judgement of a request."""

from __future__ import annotations

from dataclasses import dataclass

from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import Answer
from netful.model.apis.integration import Integration


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its ruling; `answer` is what the caller gets where it denies.

    `link` is an integration by a VPC link, which leads on; `host` the web server that one asks by its public name. `answer`
    is then for when nothing is reached there.
    """

    kind: HopKind
    asks: str
    ruling: Ruling
    answer: Answer | None = None
    link: Integration | None = None
    host: str = ""
