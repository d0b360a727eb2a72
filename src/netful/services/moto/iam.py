"""IAM's policies as a deployment makes them, the details of some roles alone, and the texts of what is not there.

A policy may have no version, as those of SAM's policy templates; moto would refuse it. The change of a policy in a template
makes a new version. IAM has room for five, so the oldest one goes, as CloudFormation does it.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from netful.services.deploy.kinds.iam import NAMED_MEMBER, OLDEST_MEMBER
from netful.services.moto.replacements import replacing
from netful.services.quick.place import region_of

_MOST_VERSIONS = 5
# Moto's texts of what does not exist, and those of IAM, which programs search for words.
_MISSING = (
    (
        r"(Role|User|Group) (\S+) not found",
        lambda found: f"The {found[1].lower()} with name {found[2]} cannot be found.",
    ),
    (r"Instance profile (\S+) not found", r"Instance Profile \1 cannot be found."),
    (r"Policy Document (\S+) not attached to role \S+", r"The role policy with name \1 cannot be found."),
    (r"Policy (arn:\S+) not found", r"Policy \1 was not found."),
)


def find_regions(responses: Any) -> None:
    """Find the region of a call, and so its partition, in its host: the stack's own requests have no signature."""
    responses.IamResponse.get_region_from_url = lambda _answer, _request, url: region_of(urlsplit(url).netloc)


def take_any_version(policy_validation: Any) -> None:
    """Take a policy whose version is left out, or the older one."""
    policy_validation.BaseIAMPolicyValidator._validate_version = lambda _validator: None  # noqa: SLF001  # there is no public way


def make_room_for_versions(responses: Any) -> None:
    """Delete the oldest version of a policy for a new one, if the request asks for it."""

    @replacing(responses.IamResponse)
    def create_policy_version(create: Any, answer: Any) -> Any:
        (arn,) = answer.querystring["PolicyArn"]
        versions = answer.backend.get_policy(arn).versions
        if OLDEST_MEMBER in answer.querystring and len(versions) >= _MOST_VERSIONS:
            versions.remove(next(one for one in versions if not one.is_default))
        return create(answer)


def describe_some_roles(responses: Any) -> None:
    """Describe only the roles that a request names, by themselves or by their policies, and the account's policies of these."""

    @replacing(responses.IamResponse)
    def get_account_authorization_details(describe: Any, answer: Any) -> Any:
        found = describe(answer)
        names = {value for key, (value, *_) in answer.querystring.items() if key.startswith(NAMED_MEMBER)}
        if names:
            details = found.result
            roles = [
                one
                for one in details["RoleDetailList"]
                if one.name in names or not names.isdisjoint((*one.managed_policies, one.permissions_boundary_arn))
            ]
            attached = {arn for one in roles for arn in (*one.managed_policies, one.permissions_boundary_arn)}
            policies = [one for one in details["Policies"] if one.arn in attached]
            details.update(RoleDetailList=roles, Policies=policies)
        return found


def say_what_is_missing(models: Any) -> None:
    """Refuse what names a role, a user, a group or a policy that is not there in IAM's words."""

    @replacing(models.NotFoundException, "__init__")
    def init(begin: Any, own: Any, message: str) -> None:
        for text, words in _MISSING:
            message = re.sub(f"^{text}$", words, message)
        begin(own, message)
