"""API Gateway: `AWS::ApiGateway::*` and `AWS::ApiGatewayV2::*`, OpenAPI bodies included, → the model.

Rules:
1. A body and resources add up: methods written as resources come after those of the body.
2. The changes of API Gateway's import are made here: a trailing slash is removed, a policy gets complete ARNs.
3. An API whose body is elsewhere has no routes, and `definition` is the reason.

SAM's APIs are already translated to these.
"""

from netful.sources.apis import domains, http, rest, stages, usage

READERS = (*rest.READERS, *http.READERS, *stages.READERS, *usage.READERS, *domains.READERS)
