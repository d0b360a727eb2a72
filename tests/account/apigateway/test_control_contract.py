"""The operations that are served are AWS's: the SDK's model has their names, and netful a name for each label of their paths."""

import re

import pytest

from netful.account.apigateway.service import NAMES, OPERATIONS


@pytest.mark.parametrize(
    ("service", "name"), [(service, name) for service, names in OPERATIONS.items() for name in names]
)
def test_operation_is_one_of_aws(clients, service, name):
    client = clients.http if service == "apigatewayv2" else clients.rest
    http = client.meta.service_model.operation_model(name).http
    assert {*re.findall(r"{([\w-]+)}", http["requestUri"])} <= NAMES.keys()
