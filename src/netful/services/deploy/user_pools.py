"""Cognito user pools and their parts, made in the back ends under the ids that `Ref` returns in the template.

The service generates ids. The back end takes the id that a request contains as `ID_MEMBER` (`moto.user_pools`), which no
AWS client sends.
"""

from collections.abc import Iterator

from netful.model.names.user_pool import SERVICE, TARGET
from netful.services.deploy.resource_kind import Kind, Place, Properties, is_known, known
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

ID_MEMBER = "netful:Id"

_POOL_MEMBERS = (
    "AccountRecoverySetting", "AdminCreateUserConfig", "AliasAttributes", "AutoVerifiedAttributes", "DeletionProtection",
    "DeviceConfiguration", "EmailConfiguration", "EmailVerificationMessage", "EmailVerificationSubject", "LambdaConfig",
    "MfaConfiguration", "Policies", "Schema", "SmsAuthenticationMessage", "SmsVerificationMessage", "UserPoolTags",
    "UsernameAttributes", "UsernameConfiguration", "VerificationMessageTemplate",
)  # fmt: skip
_CLIENT_MEMBERS = (
    "AccessTokenValidity", "AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes", "CallbackURLs",
    "ClientName", "DefaultRedirectURI", "ExplicitAuthFlows", "GenerateSecret", "IdTokenValidity", "LogoutURLs",
    "ReadAttributes", "RefreshTokenValidity", "SupportedIdentityProviders", "TokenValidityUnits", "WriteAttributes",
)  # fmt: skip
_GROUP_MEMBERS = ("Description", "GroupName", "Precedence", "RoleArn")


def _request(operation: str, content: dict[str, object]) -> Request:
    return json_request(f"{TARGET}.{operation}", content)


def _members(properties: Properties, names: tuple[str, ...]) -> dict[str, object]:
    return {name: known(properties[name]) for name in names if is_known(properties.get(name))}


def _make_pool(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    called = properties.get("UserPoolName")
    own = name.removeprefix(f"{place.region}_")  # the service adds the region as a prefix
    content = {"PoolName": called if isinstance(called, str) else name, ID_MEMBER: own}
    yield _request("CreateUserPool", content | _members(properties, _POOL_MEMBERS))


def _delete_pool(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _request("DeleteUserPool", {"UserPoolId": name})


def _in_pool(operation: str, names: tuple[str, ...], properties: Properties, **more: str) -> Iterator[Request]:
    """Return the request for a part of a pool, none if the pool is not known."""
    pool = properties.get("UserPoolId")
    if isinstance(pool, str):
        yield _request(operation, {"UserPoolId": pool, **_members(properties, names), **more})


def _make_client(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    return _in_pool("CreateUserPoolClient", _CLIENT_MEMBERS, properties, **{ID_MEMBER: name})


def _make_domain(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    return _in_pool("CreateUserPoolDomain", ("CustomDomainConfig",), properties, Domain=name)


def _delete_domain(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield _request("DeleteUserPoolDomain", {"Domain": name})


def _make_group(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    return _in_pool("CreateGroup", _GROUP_MEMBERS, properties, GroupName=name)


KINDS: dict[str, Kind] = {
    "AWS::Cognito::UserPool": Kind(SERVICE, "", _make_pool, _delete_pool),
    "AWS::Cognito::UserPoolClient": Kind(SERVICE, "", _make_client),
    "AWS::Cognito::UserPoolDomain": Kind(SERVICE, "Domain", _make_domain, _delete_domain),
    "AWS::Cognito::UserPoolGroup": Kind(SERVICE, "GroupName", _make_group),
}
