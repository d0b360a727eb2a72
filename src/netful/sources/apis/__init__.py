"""API Gateway: `AWS::ApiGateway::*` and `AWS::ApiGatewayV2::*`, OpenAPI bodies included, → the model.

Rules:
1. A body and resources add up: methods written as resources come after those of the body.
2. What API Gateway itself changes on import is changed here: a trailing slash goes, a policy gets whole ARNs.
3. A body that lies elsewhere leaves the API without routes, and it says why (`definition`).

SAM's APIs are these by the time they get here.
"""

from __future__ import annotations

from netful.model.cloud import Cloud
from netful.sources.apis import domains, http, rest, stages, usage
from netful.sources.template.reading import Inventory


def with_apis(cloud: Cloud, inventory: Inventory) -> Cloud:
    """The cloud with its APIs, and the warnings that reading them gave."""
    return cloud.having(
        rest_apis=rest.rest_apis(inventory),
        http_apis=http.http_apis(inventory),
        stages=stages.stages(inventory),
        deployments=stages.deployments(inventory),
        usage_plans=usage.usage_plans(inventory),
        api_keys=usage.api_keys(inventory),
        domain_names=domains.domain_names(inventory),
        base_path_mappings=domains.base_path_mappings(inventory),
        domain_name_access_associations=domains.access_associations(inventory),
        vpc_links=domains.vpc_links(inventory, cloud.network.subnets),
        warnings=tuple(dict.fromkeys([*cloud.template.warnings, *inventory.warnings])),
    )
