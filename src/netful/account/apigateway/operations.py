"""All operations of API Gateway's API that are served."""

from __future__ import annotations

from netful.account.apigateway import rest_apis
from netful.gateway.control import service
from netful.gateway.control.operations.site import Operation

OPERATIONS: tuple[Operation, ...] = (*rest_apis.OPERATIONS, *service.OPERATIONS)
