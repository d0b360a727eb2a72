"""ARNs (`arn:PARTITION:SERVICE:REGION:ACCOUNT:REST`), in the partition of a region.

ARNs of global services have no region; those of buckets and of hosted zones have no account either.
"""

from netful.model.names.partitions import partition

_OF_NO_ACCOUNT = ("route53", "s3")
_OF_NO_REGION = ("cloudfront", "iam", "sts", *_OF_NO_ACCOUNT)


def aws_arn(service: str, region: str, account_id: str, rest: str) -> str:
    """Return the ARN of a thing of a service; the account is "" for a thing without one."""
    place = f"{'' if service in _OF_NO_REGION else region}:{'' if service in _OF_NO_ACCOUNT else account_id}"
    return f"arn:{partition(region)}:{service}:{place}:{rest}"


def account_root(account_id: str, beside: str) -> str:
    """Return the ARN by which policies name an account, in the partition of another ARN."""
    own = beside.split(":")[1] if beside.startswith("arn:") else "aws"
    return f"arn:{own}:iam::{account_id}:root"
