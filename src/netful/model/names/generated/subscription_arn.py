"""ARNs of SNS's subscriptions: AWS generates the end, netful derives it from topic, protocol and endpoint.

A topic has one subscription for a protocol and an endpoint, so the end is its own.
"""

import uuid

_SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def subscription_arn(topic_arn: str, protocol: str, endpoint: str) -> str:
    """Return the ARN of a subscription."""
    return f"{topic_arn}:{uuid.uuid5(_SPACE, f'{topic_arn} {protocol} {endpoint}')}"
