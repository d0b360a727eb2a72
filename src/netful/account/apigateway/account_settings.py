"""Settings of the account: the role for logs."""

from typing import Any

from netful.account.apigateway.edits import edit, of_type, rewritten
from netful.account.changes import new
from netful.gateway.control.domains import get_account
from netful.gateway.control.operations.faults import invalid_patch
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.site import Change, Site

_ACCOUNT, _ROLE = "AWS::ApiGateway::Account", "/cloudwatchRoleArn"


def update_account(site: Site, wanted: OperationRequest) -> Any:
    """UpdateAccount: the role for logs."""
    one = next(of_type(site.cloud, _ACCOUNT), None)
    for patch in patches(wanted):
        if patch.path != _ROLE or patch.op not in ("replace", "remove"):
            raise invalid_patch(patch.op, patch.path, (_ROLE,))
        own = {"CloudWatchRoleArn": patch.value} if patch.op == "replace" and patch.value else {}
        edit(site, rewritten(one, own) if one else new(_ACCOUNT, "ApiGatewayAccount", own))
        one = next(of_type(site.cloud, _ACCOUNT))
    return get_account(site, wanted)


OPERATIONS = (Change("PATCH", "/account", update_account),)
