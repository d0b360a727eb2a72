"""Mapping templates: what a render costs, and what compiling one costs.

Run it: `python bench/vtl.py`. The aim: AWS's pass-through template in at most 30 µs.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from netful.engine.vtl import Parameters, Scope, compile_template, new_context

#: The shape of the console's method request pass-through: body, all parameters, stage variables, the context's fields.
PASS_THROUGH = """## everything that a request carries
#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "account-id" : "$context.identity.accountId",
    "api-id" : "$context.apiId",
    "api-key" : "$context.identity.apiKey",
    "authorizer-principal-id" : "$context.authorizer.principalId",
    "caller" : "$context.identity.caller",
    "cognito-authentication-provider" : "$context.identity.cognitoAuthenticationProvider",
    "cognito-authentication-type" : "$context.identity.cognitoAuthenticationType",
    "cognito-identity-id" : "$context.identity.cognitoIdentityId",
    "cognito-identity-pool-id" : "$context.identity.cognitoIdentityPoolId",
    "http-method" : "$context.httpMethod",
    "stage" : "$context.stage",
    "source-ip" : "$context.identity.sourceIp",
    "user" : "$context.identity.user",
    "user-agent" : "$context.identity.userAgent",
    "user-arn" : "$context.identity.userArn",
    "request-id" : "$context.requestId",
    "resource-id" : "$context.resourceId",
    "resource-path" : "$context.resourcePath"
    }
}
"""

TEMPLATES = {
    "pass-through": PASS_THROUGH,
    "DynamoDB PutItem": """{"TableName": "T", "Item": {"id": {"S": "$input.params('id')"},
        "name": {"S": "$util.escapeJavaScript($input.path('$.name'))"}}}""",
    "SQS SendMessage": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
    "loop over 50 items": '[#foreach($n in [1..50]){"n": $n}#if($foreach.hasNext),#end#end]',
}


def scope() -> Scope:
    context = {
        "apiId": "abc1234567",
        "httpMethod": "POST",
        "stage": "prod",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "resourceId": "r1",
        "resourcePath": "/orders/{id}",
        "identity": {"sourceIp": "192.0.2.7", "userAgent": "curl/8", "accountId": None, "caller": None, "user": None},
    }
    return Scope(
        body='{"name": "a parcel", "count": 2, "tags": ["x", "y"]}',
        parameters=Parameters(
            path={"id": "o-1"},
            querystring={"page": "2"},
            header={"Accept": "*/*", "Host": "abc1234567.execute-api.eu-west-1.amazonaws.com", "User-Agent": "curl/8"},
        ),
        context=new_context(context),
        stage_variables={"table": "orders"},
    )


def median_us(call: Callable[[], object], times: int) -> float:
    durations = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        durations.append(time.perf_counter() - begin)
    return statistics.median(durations) * 1e6


def main() -> None:
    print("| template | render, p50 µs | compile, p50 µs |\n|---|---|---|")
    request = scope()
    for name, text in TEMPLATES.items():
        template = compile_template(text)
        render = median_us(lambda: template.render(request), 2000)  # noqa: B023 - called before the next turn
        compiled = median_us(lambda: compile_template.__wrapped__(text), 100)  # noqa: B023 - same
        print(f"| {name} | {render:.1f} | {compiled:.1f} |")
    json.loads(compile_template(PASS_THROUGH).render(request))


if __name__ == "__main__":
    main()
