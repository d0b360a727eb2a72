"""All operations of API Gateway's API that are served."""

from __future__ import annotations

from netful.account.apigateway import (
    domains,
    http_apis,
    http_domains,
    http_parts,
    methods,
    rest_apis,
    rest_parts,
    rest_resources,
    tags,
    vpc_links,
)
from netful.account.apigateway.mirror import mirroring
from netful.gateway.control import service
from netful.gateway.control.operations.site import Change, Operation

_OWN: tuple[Operation, ...] = (
    *rest_apis.OPERATIONS,
    *rest_resources.OPERATIONS,
    *methods.OPERATIONS,
    *rest_parts.OPERATIONS,
    *domains.OPERATIONS,
    *vpc_links.OPERATIONS,
    *tags.OPERATIONS,
    *http_apis.OPERATIONS,
    *http_parts.OPERATIONS,
    *http_domains.OPERATIONS,
)
OPERATIONS: tuple[Operation, ...] = (
    *_OWN,
    *(mirroring(one) if isinstance(one, Change) else one for one in service.OPERATIONS),
)
