"""ARNs of the resources of a cloud."""

from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.names.generated.generated_names import physical_name
from netful.model.names.partitions import partition
from netful.services.deploy.kinds.resource_kinds import KINDS
from netful.sources.template.attributes import ARNS

_OTHER_ARNS = {
    "AWS::ApiGateway::RestApi": "apigateway:{r}::/restapis/{n}",
    "AWS::ApiGatewayV2::Api": "apigateway:{r}::/apis/{n}",
    "AWS::RDS::DBClusterParameterGroup": "rds:{r}:{a}:cluster-pg:{n}",
    "AWS::RDS::DBParameterGroup": "rds:{r}:{a}:pg:{n}",
    "AWS::SSM::Parameter": "ssm:{r}:{a}:parameter/{n}",
}


def arn_of(cloud: Cloud, resource: Resource) -> str:
    """Return the ARN of a resource; "" if its type has none here."""
    aws_id, form = cloud.aws_id(resource.id), ARNS.get(resource.type) or _OTHER_ARNS.get(resource.type)
    if aws_id.startswith("arn:") or form is None:
        return aws_id if aws_id.startswith("arn:") else ""
    kind, region = KINDS.get(resource.type), cloud.region_of(resource.id)
    own = resource.properties.get(kind.name_property) if kind else physical_name(resource)
    name = own.removeprefix("/") if isinstance(own, str) else aws_id
    name = name.lower() if form.startswith("rds:") else name  # RDS has the names of all its resources so
    return f"arn:{partition(region)}:{form.format(r=region, a=cloud.account_of(resource.id), n=name)}"
