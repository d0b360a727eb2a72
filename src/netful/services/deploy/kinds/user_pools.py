"""Cognito user pools and their parts, made in the back ends under the ids that `Ref` returns in the template.

The service generates ids. The back end takes the id that a request contains as `ID_MEMBER` (`moto.given_ids`), which no
AWS client sends.
"""

from netful.model.names.generated.user_pool import SERVICE, TARGET
from netful.services.deploy.kinds.resource_kind import ID_MEMBER, JsonService, Kind, Requests, Wanted
from netful.services.http.message import Request

_COGNITO = JsonService(TARGET)
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


def _make_pool(one: Wanted) -> list[Request]:
    own = one.name.removeprefix(f"{one.place.region}_")  # the service adds the region as a prefix
    named = {"PoolName": one.text("UserPoolName", one.name), ID_MEMBER: own}
    return [_COGNITO("CreateUserPool", **named, **one.set(*_POOL_MEMBERS))]


def _in_pool(operation: str, named: str, *members: str) -> Requests:
    """Return how a part of a pool is made, which its name comes to as a member; not at all if the pool is not known."""

    def make(one: Wanted) -> list[Request]:
        content = one.set("UserPoolId", *members) | {named: one.name}
        return [_COGNITO(operation, **content)] if "UserPoolId" in content else []

    return make


KINDS: dict[str, Kind] = {
    "AWS::Cognito::UserPool": Kind(SERVICE, "", _make_pool, _COGNITO.by_name("DeleteUserPool", "UserPoolId")),
    "AWS::Cognito::UserPoolClient": Kind(SERVICE, "", _in_pool("CreateUserPoolClient", ID_MEMBER, *_CLIENT_MEMBERS)),
    "AWS::Cognito::UserPoolDomain": Kind(
        SERVICE,
        "Domain",
        _in_pool("CreateUserPoolDomain", "Domain", "CustomDomainConfig"),
        _COGNITO.by_name("DeleteUserPoolDomain", "Domain"),
    ),
    "AWS::Cognito::UserPoolGroup": Kind(SERVICE, "GroupName", _in_pool("CreateGroup", "GroupName", *_GROUP_MEMBERS)),
}
