"""The account: its throttle, and the role for logs."""

from typing import Any

from netful.account.apigateway.edits import edit, rewritten
from netful.account.apigateway.operations.faults import invalid_patch
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import known
from netful.account.changes import new
from netful.engine.usage.throttles import account_limit

_ACCOUNT, _ROLE = "AWS::ApiGateway::Account", "/cloudwatchRoleArn"


def _get_account(site: Site, _wanted: OperationRequest) -> Any:
    limit = site.account or account_limit(site.cloud.region)
    one = next(site.cloud.template.of_type(_ACCOUNT), None)
    return known(
        cloudwatchRoleArn=one.properties.get("CloudWatchRoleArn") if one else None,
        throttleSettings=known(rateLimit=limit.rate, burstLimit=limit.burst),
        features=["UsagePlans"],
        apiKeyVersion="4",
    )


def _update_account(site: Site, wanted: OperationRequest) -> Any:
    """UpdateAccount: the role for logs."""
    one = next(site.cloud.template.of_type(_ACCOUNT), None)
    for patch in patches(wanted):
        if patch.path != _ROLE or patch.op not in ("replace", "remove"):
            raise invalid_patch(patch.op, patch.path, (_ROLE,))
        own = {"CloudWatchRoleArn": patch.value} if patch.op == "replace" and patch.value else {}
        edit(site, rewritten(one, own) if one else new(_ACCOUNT, "ApiGatewayAccount", own))
        one = next(site.cloud.template.of_type(_ACCOUNT))
    return _get_account(site, wanted)


OPERATIONS = (Operation(_get_account), Change(_update_account))
