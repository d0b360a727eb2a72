"""NF717: a custom domain wants a certificate of its clients, and the API's own name does not (api-gateway §5.19)."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.engine.apis import mutual_tls
from netful.engine.names.api_names import domains_of, host_of


def _find(facts: Facts) -> Iterator[Problem]:
    for api in facts.cloud.apis.by_id.values():
        fenced = [d for d, _ in domains_of(facts.cloud, api) if d is not None and mutual_tls.asks(d)]
        if fenced and not api.private and not api.disable_execute_api_endpoint:
            yield Problem(
                api.id,
                api.origin,
                f"`{fenced[0].id}` asks clients of `{api.id}` for a certificate, but {host_of(api)} serves them without one",
                f"set `DisableExecuteApiEndpoint: true` on `{api.id}`",
            )


RULE = Rule(
    id="NF717",
    slug="mutual-tls-bypassed",
    title="mutual TLS that the default endpoint goes round",
    severity=Severity.HIGH,
    why=(
        "Mutual TLS is a setting of a custom domain. The API's own name, `{api}.execute-api.{region}.amazonaws.com`, knows nothing "
        "of it and answers everybody."
    ),
    instead="Disable the default endpoint of every API behind a domain with `MutualTlsAuthentication`.",
    find=_find,
)
