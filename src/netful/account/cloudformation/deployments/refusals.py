"""Parts of a stack that AWS's services refuse: references to ids that do not exist, functions that Lambda does not create."""

import re

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments.stack_view import inside
from netful.account.ec2.kinds import KIND
from netful.account.ec2.view import View
from netful.functions.environments.admission import rejection
from netful.model.cloud import Cloud
from netful.model.core.json_values import words_of

_ID = re.compile(r"(?P<prefix>vpc|subnet|sg|rtb|igw|nat|eipalloc|acl|vpce|eni|pcx)-[0-9a-f]{8,17}")
_NOT_FOUND = {
    "vpc": "VpcId", "subnet": "SubnetId", "sg": "GroupId", "rtb": "RouteTableId", "igw": "InternetGatewayId",
    "nat": "NatGatewayId", "eipalloc": "AllocationId", "acl": "NetworkAclId", "vpce": "VpcEndpointId",
    "eni": "NetworkInterfaceId", "pcx": "VpcPeeringConnectionId",
}  # fmt: skip


def refuse_missing(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a resource of a stack refers to something of EC2 that does not exist."""
    view = View(cloud)
    for resource in inside(cloud, stack):
        if not resource.type.startswith(("AWS::EC2::", "AWS::Lambda::", "AWS::ElasticLoadBalancing")):
            continue
        for text in words_of(resource.properties):
            found = _ID.fullmatch(text)
            if found and not view.has(text) and text not in cloud.template.resources:
                code, words = KIND[_NOT_FOUND[found["prefix"]]].not_found
                raise DeploymentError(handler_message(words.format(text), "Ec2", code), resource.id)


def refuse_functions(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if Lambda would not create a function of a stack."""
    for resource in inside(cloud, stack):
        function = cloud.compute.functions.get(resource.id)
        refused = rejection(cloud, function) if function else None
        if refused is not None:
            raise DeploymentError(handler_message(refused.problem.why, "Lambda"), resource.id)


def handler_message(text: str, service: str, code: str = "InvalidRequest") -> str:
    """Return the reason of a failure as CloudFormation words one of its handlers."""
    kind = "NotFound" if code.endswith(("NotFound", "Malformed")) else "InvalidRequest"
    return (
        f'Resource handler returned message: "{text} (Service: {service}, Status Code: 400, Request ID: '
        f'00000000-0000-0000-0000-000000000000)" (RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: {kind})'
    )
