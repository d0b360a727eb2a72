"""Options of `netful up` for traces: the share of requests, and the collector of their spans."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from netful.model.core import extras
from netful.model.core.errors import QuestionError

_SHARE = re.compile(r"(?P<percent>\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class TraceOptions:
    """Trace options."""

    sample: str = ""
    """The share of requests that is traced, in percent: `1%`. `netful traces` shows the traces."""

    otlp: str = ""
    """The URL of an OpenTelemetry collector, such as `http://127.0.0.1:4318`. All requests are traced, or the share of `--sample`."""


def trace_settings(options: TraceOptions) -> dict[str, Any]:
    """Return the settings for these options. Raise QuestionError for an invalid one, MissingExtraError without the SDK."""
    text = options.sample or ("100%" if options.otlp else "0%")
    share = _SHARE.fullmatch(text)
    if share is None or float(share["percent"]) > 100:
        raise QuestionError(f"`--sample {text}` is not a percentage", hint="--sample 1%")
    if options.otlp:
        url = urlsplit(options.otlp)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise QuestionError(
                f"`--otlp {options.otlp}` is not the URL of a collector", hint="--otlp http://127.0.0.1:4318"
            )
        extras.require("otel", "`--otlp` needs")
    return {"trace_share": float(share["percent"]) / 100, "otlp": options.otlp}
