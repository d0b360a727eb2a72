"""NF717: a custom domain requires client certificates, and the API's own name does not (api-gateway §5.19).

Mutual TLS is a setting of a custom domain. The API's own name, `{api}.execute-api.{region}.amazonaws.com`, ignores it
and serves every client.

Instead: Disable the default endpoint of every API behind a domain with `MutualTlsAuthentication`.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.apis import mutual_tls
from netful.engine.names.api_names import domains_of, host_of


@Rule.of("default endpoint bypasses mutual TLS", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.by_id.values():
        fenced = [d for d, _ in domains_of(facts.cloud, api) if d is not None and mutual_tls.asks(d)]
        if fenced and not api.private and not api.disable_execute_api_endpoint:
            yield Problem.of(
                api,
                f"`{fenced[0].id}` requires a certificate from clients of `{api.id}`, but {host_of(facts.cloud, api)} serves them without one",
                f"set `DisableExecuteApiEndpoint: true` on `{api.id}`",
            )
