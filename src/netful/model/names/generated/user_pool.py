"""Ids of Cognito's user pools, and the issuers that they are (api-gateway §5.12).

An id begins with its region, which clients parse. It is the last part of the pool's ARN and of its issuer.
"""

from netful.model.names import service_names

SERVICE = "cognito-idp"
TARGET = "AWSCognitoIdentityProviderService"
"""Prefix of the service's operations."""


def region_of(user_pool_id: str) -> str:
    """Return the region of a pool."""
    return user_pool_id.rpartition("_")[0]


def issuer_of(user_pool_id: str) -> str:
    """Return the issuer in a pool's tokens."""
    return f"https://{service_names.service(SERVICE).host(region_of(user_pool_id))}/{user_pool_id}"
