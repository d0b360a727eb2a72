"""A load on a running stack, and the counts of it beside those that `netful forecast` predicts."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from netful.forecast.counts import Counts, LoadCounts, Start, counts
from netful.forecast.forecast import forecast
from netful.forecast.load import parse
from netful.forecast.load_plan import Step, peaks
from netful.forecast.nat_ports import NatPorts, nat_ports
from netful.library.stack import KEYS, Stack
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.stack.load_generator import Answers, Target, send

_THROTTLED = 429
_AGREES = 0.1
_COUNTED = ("cold_starts", "errors", "throttles")
_PARTS = {"p50": 0.5, "p99": 0.99}
_PARAMETER = re.compile(r"\{[^}]+\}")
_INIT = re.compile(r"^REPORT .*\bInit Duration: ([\d.]+) ms", re.MULTILINE)


def load_stack(stack: Stack, steps: tuple[Step, ...], headers: Mapping[str, str], payload: bytes) -> dict[str, Any]:
    """Send the loads of a plan to a stack; return the document of `netful load --format json`."""
    cloud = stack.network.cloud
    api_key = next((value for name, value in headers.items() if name.lower() == "x-api-key"), "")
    foreseen = forecast(cloud, [parse(cloud, text, api_key) for text in peaks(steps)])
    before = stack.status()
    sent = []
    for step in counts(cloud, steps, {}, api_key).steps:
        targets = [_target(stack, cloud, one, headers, payload) for one in step]
        sent.append([_load(one, answers) for one, answers in zip(step, send(targets), strict=True)])
    after = stack.status()
    measured = {one["resource"]: _function(stack, one["resource"], before, after) for one in foreseen["functions"]}
    starts = {
        id_: Start(one["environments"] - one["cold_starts"], one["cold_start_ms"]["p99"] or 0.0)
        for id_, one in measured.items()
    }
    expected = counts(cloud, steps, starts, api_key)
    return {
        "steps": sent,
        "functions": [
            {
                "resource": one["resource"],
                "forecast": _expected(one, expected, starts[one["resource"]]),
                "measured": measured[one["resource"]],
            }
            for one in foreseen["functions"]
        ],
        "nat_gateways": [
            _nat(one, after["nat_gateways"]) for one in nat_ports(cloud, expected.environments, connections=1)
        ],
    }


def differing(found: dict[str, Any]) -> list[str]:
    """Return the counts of a document that differ from the forecast: by more than a tenth, and by more than one."""
    parts = [*(load for step in found["steps"] for load in step), *found["functions"]]
    return [
        f"{part['load'] if 'load' in part else part['resource']}: {count}"
        for part in parts
        for count, expected in part["forecast"].items()
        if isinstance(expected, int) and abs(part["measured"][count] - expected) > max(1, _AGREES * expected)
    ]


def _target(stack: Stack, cloud: Cloud, one: LoadCounts, headers: Mapping[str, str], payload: bytes) -> Target:
    load = one.load
    if load.asked is None:
        assert load.function is not None
        url = f"{stack.endpoint_url}/2015-03-31/functions/{load.function.function_name}/invocations"
        scope = f"{KEYS['AWS_ACCESS_KEY_ID']}/20260101/{cloud.region}/lambda/aws4_request"
        signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        return Target(url, "POST", signed, payload or b"{}", load.rate, one.requests)
    base = stack.url(load.asked.api.id, str(load.asked.stage.stage_name))
    if not base.startswith("http"):
        raise QuestionError(f"`{load.name}` is not a request by HTTP")
    method = load.asked.route.http_method
    path = _PARAMETER.sub("1", load.asked.route.path.strip("/"))
    return Target(f"{base}/{path}", "GET" if method == "ANY" else method, headers, payload, load.rate, one.requests)


def _load(one: LoadCounts, answers: Answers) -> dict[str, Any]:
    load = one.load
    statuses = [status for status, _ in answers.answered]
    throttled = statuses.count(_THROTTLED)
    return {
        "load": load.name,
        "rate": load.rate,
        "duration_ms": load.duration_ms,
        "seconds": one.seconds,
        "forecast": {
            "requests": one.requests,
            "throttled": one.throttled if load.asked else one.refused,
            "failed": one.refused if load.asked else 0,  # API Gateway answers with an error of its own
        },
        "measured": {
            "requests": len(statuses),
            "throttled": throttled,
            "failed": sum(not 200 <= status < 400 for status in statuses) - throttled,
            "seconds": round(answers.seconds, 3),
            **_quantiles([ms for _, ms in answers.answered]),
        },
    }


def _function(stack: Stack, id_: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what a function did under the load."""
    old, new = (_named(status["functions"], id_) for status in (before, after))
    starts, errors, throttles = (new["counts"][name] - old["counts"][name] for name in _COUNTED)
    inits = [float(ms) for ms in _INIT.findall(stack.logs(id_))]
    return {
        "environments": new["environments"],
        "cold_starts": starts,
        "errors": errors,
        "throttles": throttles,
        "interfaces": len(new["interfaces"]),
        "cold_start_ms": _quantiles(inits[len(inits) - starts :]),
    }


def _expected(foreseen: dict[str, Any], expected: Counts, start: Start) -> dict[str, Any]:
    id_ = foreseen["resource"]
    return {
        "environments": expected.environments[id_],
        "cold_starts": expected.environments[id_] - start.environments,
        "errors": 0,
        "throttles": expected.throttles[id_],
        "interfaces": foreseen["interfaces"]["hyperplane"],
        "cold_start_ms": foreseen["cold_start_ms"]["hyperplane"],
    }


def _nat(foreseen: NatPorts, measured: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the connections through a NAT gateway; those that closed in the last two minutes count."""
    return {
        "resource": foreseen.nat_gateway_id,
        "forecast": {"connections": foreseen.connections},
        "measured": {"connections": _named(measured, foreseen.nat_gateway_id)["connections"]},
    }


def _named(entries: Iterable[dict[str, Any]], id_: str) -> dict[str, Any]:
    return next(one for one in entries if one["resource"] == id_)


def _quantiles(values: list[float]) -> dict[str, float | None]:
    ordered = sorted(values)
    found = {name: ordered[math.ceil(len(ordered) * part) - 1] if ordered else None for name, part in _PARTS.items()}
    return {name: value if value is None else round(value, 2) for name, value in found.items()}
