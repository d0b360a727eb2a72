"""IAM's roles and access keys with the ids of the template, where moto would generate others.

A policy may have no version, as those of SAM's policy templates; moto would refuse it. The change of a policy in a template
makes a new version. IAM has room for five, so the oldest one goes, as CloudFormation does it. Runs only in the back end's
process.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from netful.services.deploy.iam import ID_MEMBER, OLDEST_MEMBER, SECRET_MEMBER

_RESPONSES, _MODELS, _POLICIES = "moto.iam.responses", "moto.iam.models", "moto.iam.policy_validation"
_CHECK_OF_VERSION = "_validate_version"
_MOST_VERSIONS = 5
# The member of a request, and the function of moto's that generates the value.
_GENERATED = {
    "create_role": {ID_MEMBER: "random_role_id"},
    "create_access_key": {ID_MEMBER: "generate_access_key_id_from_account_id", SECRET_MEMBER: "random_alphanumeric"},
}


def keep_given_iam_ids() -> None:
    """Use the ids that a request contains, and policies as AWS takes them, if the service is loaded."""
    responses: Any = sys.modules.get(_RESPONSES)
    models: Any = sys.modules.get(_MODELS)
    if responses is None or hasattr(responses, "netful_keeps_ids"):
        return
    responses.netful_keeps_ids = True
    policies: Any = sys.modules[_POLICIES]
    setattr(policies.IAMPolicyDocumentValidator, _CHECK_OF_VERSION, _accept)
    answers = responses.IamResponse
    for operation, generated in _GENERATED.items():
        setattr(answers, operation, _with_given(getattr(answers, operation), models, generated))
    answers.create_policy_version = _with_room(answers.create_policy_version)


def _accept(_validator: object) -> None:
    """Take a version that is left out, or the older one."""


def _given(answer: Any, member: str) -> str:
    return str(answer.querystring.get(member, [""])[0])


def _with_given(create: Callable[[Any], Any], models: Any, generated: dict[str, str]) -> Callable[[Any], Any]:
    def answer_to(answer: Any) -> Any:
        given = {name: _given(answer, member) for member, name in generated.items()}
        with _generating(models, {name: value for name, value in given.items() if value}):
            return create(answer)

    return answer_to


@contextmanager
def _generating(models: Any, values: dict[str, str]) -> Iterator[None]:
    """Let functions of a module return these values."""
    usual = {name: getattr(models, name) for name in values}
    for name, value in values.items():
        setattr(models, name, lambda *_about, given=value, **_more: given)
    try:
        yield
    finally:
        for name, function in usual.items():
            setattr(models, name, function)


def _with_room(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create_policy_version(answer: Any) -> Any:
        versions = answer.backend.get_policy(_given(answer, "PolicyArn")).versions
        if _given(answer, OLDEST_MEMBER) and len(versions) >= _MOST_VERSIONS:
            versions.remove(next(one for one in versions if not one.is_default))
        return create(answer)

    return create_policy_version
