"""API Gateway: `AWS::ApiGateway::*` and `AWS::ApiGatewayV2::*`, OpenAPI bodies included, → the model.

Rules:
1. A body and resources add up: methods written as resources come after those of the body.
2. What API Gateway itself changes on import is changed here: a trailing slash goes, a policy gets whole ARNs.
3. A body that lies elsewhere leaves the API without routes, and it says why (`definition`).

SAM's APIs are these by the time they get here.
"""

from __future__ import annotations

from netful.sources.apis import domains, http, rest, stages, usage

READERS = (*rest.READERS, *http.READERS, *stages.READERS, *usage.READERS, *domains.READERS)
