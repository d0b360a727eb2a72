"""ARNs of private custom domain names: AWS's id stands behind the name, since several accounts may have the same name (§2.4)."""

from netful.model.names.arns import aws_arn


def managed_arn(account_id: str, region: str, name: str, id_: str) -> str:
    """Return the ARN by which a private domain name is mapped, shared and associated with endpoints."""
    return _arn("apigateway", account_id, region, name, id_)


def invoked_arn(account_id: str, region: str, name: str, id_: str) -> str:
    """Return the ARN of a private domain name in policies, as `execute-api:viaDomainArn` has it."""
    return _arn("execute-api", account_id, region, name, id_)


def _arn(service: str, account_id: str, region: str, name: str, id_: str) -> str:
    return aws_arn(service, region, account_id, f"/domainnames/{name}+{id_}")
