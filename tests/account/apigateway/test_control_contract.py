"""The operations that are served are AWS's: their names, methods, paths and statuses are those of the SDK's model."""

import re

import pytest

from netful.account.apigateway.service import OPERATIONS


def bare(path):
    """A path without the names in it."""
    return re.sub(r"{[\w-]+}", "{}", path)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_operation_is_one_of_aws(clients, operation):
    client = clients.http if operation.path.startswith("/v2/") else clients.rest
    http = client.meta.service_model.operation_model(operation.name).http
    uri = f"{operation.path}?mode={operation.mode}" if operation.mode else operation.path
    told = (http["method"], bare(http["requestUri"]), http.get("responseCode", 200))
    assert (operation.method, bare(uri), operation.status) == told
