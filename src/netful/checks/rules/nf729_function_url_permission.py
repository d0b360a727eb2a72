"""NF729: a caller may invoke the URL of a function, and not the function (lambda §3.9).

Function URLs that were made since October 2025 require `lambda:InvokeFunction` as well as `lambda:InvokeFunctionUrl`.
Without both, callers receive 403. Only accounts that had function URLs before were exempt for some time.

Instead: Add an `AWS::Lambda::Permission` for the same principal with `Action: lambda:InvokeFunction` and
`InvokedViaFunctionUrl: true`. SAM adds it to a public `FunctionUrlConfig` itself.
"""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.authorization.function_urls import URL, half_permissions


@Rule.of("function URL without the permission to invoke its function", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for url in facts.cloud.template.of_type(URL):
        for permission in half_permissions(facts.cloud, url):
            principal = permission.properties["Principal"]
            yield Problem.of(
                permission,
                f"`{principal}` may invoke the function URL `{url.id}`, and no permission lets it invoke the function",
                f"add a permission for `{principal}` with `Action: lambda:InvokeFunction` and `InvokedViaFunctionUrl: true`",
                Certainty.LIKELY,
            )
