import pytest

from netful.engine.iam.authorization import Caller, Refusal, refusal
from netful.engine.iam.policies import PolicyRequest

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/fn"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/fn/fn"
REQUEST = PolicyRequest("kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k")
ENDPOINT, RESOURCE, IDENTITY = "VPC endpoint policy", "resource-based policy", "identity-based policy"
BOUNDARY = "permissions boundary"


def policy(effect="Allow", principal="*", action="kms:Decrypt"):
    return {"Statement": [{"Effect": effect, "Action": action, "Resource": "*", "Principal": principal}]}


OPEN, OTHER, DENY, NOTHING = policy(), policy(action="kms:Encrypt"), policy("Deny"), {"Statement": []}
TO_ME, TO_ACCOUNT = policy(principal={"AWS": ROLE}), policy(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def caller(document):
    return Caller(ROLE, (ROLE,), ACCOUNT, document)


@pytest.mark.parametrize(
    ("own", "endpoint", "resource", "refused"),
    [
        (OPEN, None, None, None),
        (OPEN, OPEN, NOTHING, None),
        (OTHER, None, None, Refusal(IDENTITY, explicit=False)),
        (OTHER, None, TO_ME, None),
        (OTHER, None, TO_ACCOUNT, Refusal(IDENTITY, explicit=False)),
        (OPEN, None, TO_ACCOUNT, None),
        (OPEN, OTHER, TO_ME, Refusal(ENDPOINT, explicit=False)),
        (OPEN, DENY, TO_ME, Refusal(ENDPOINT, explicit=True)),
        (OPEN, None, DENY, Refusal(RESOURCE, explicit=True)),
        (DENY, None, TO_ME, Refusal(IDENTITY, explicit=True)),
        (DENY, DENY, DENY, Refusal(ENDPOINT, explicit=True)),
        (None, None, None, None),
        (None, OTHER, None, Refusal(ENDPOINT, explicit=False)),
    ],
)
def test_the_policies_put_together(own, endpoint, resource, refused):
    assert refusal(REQUEST, caller(own), endpoint, resource) == refused


@pytest.mark.parametrize(
    ("resource", "refused"),
    [
        (TO_ACCOUNT, None),
        (TO_ME, None),
        (NOTHING, Refusal(RESOURCE, explicit=False)),
        (policy(principal={"AWS": "arn:aws:iam::999999999999:root"}), Refusal(RESOURCE, explicit=False)),
        (None, None),
    ],
)
def test_a_keys_policy_has_the_last_word(resource, refused):
    assert refusal(REQUEST, caller(OPEN), None, resource, must_allow=True) == refused


@pytest.mark.parametrize(
    ("endpoint", "resource", "refused"),
    [
        (None, None, None),
        (None, OPEN, None),
        (None, OTHER, Refusal(RESOURCE, explicit=False)),
        (OTHER, OPEN, Refusal(ENDPOINT, explicit=False)),
        (None, DENY, Refusal(RESOURCE, explicit=True)),
    ],
)
def test_a_request_without_a_caller_has_the_policies_of_the_way_and_the_resource(endpoint, resource, refused):
    assert refusal(REQUEST, None, endpoint, resource) == refused


def test_denials_of_a_caller_count_where_its_other_policies_are_not_known():
    denied = Caller(ROLE, (ROLE,), ACCOUNT, denials=DENY)
    assert refusal(REQUEST, denied, None, None) == Refusal(IDENTITY, explicit=True)
    assert refusal(REQUEST, Caller(ROLE, (ROLE,), ACCOUNT, denials=NOTHING), None, None) is None


@pytest.mark.parametrize(
    ("own", "boundary", "resource", "refused"),
    [
        (OPEN, OPEN, None, None),
        (OPEN, OTHER, None, Refusal(BOUNDARY, explicit=False)),
        (OPEN, OTHER, TO_ME, Refusal(BOUNDARY, explicit=False)),
        (OPEN, OTHER, policy(principal={"AWS": SESSION}), None),
        (OPEN, DENY, policy(principal={"AWS": SESSION}), Refusal(BOUNDARY, explicit=True)),
        (OTHER, OPEN, None, Refusal(IDENTITY, explicit=False)),
        (None, OTHER, None, Refusal(BOUNDARY, explicit=False)),
        (OPEN, {"Statement": [None]}, None, None),
    ],
)
def test_a_permissions_boundary_limits_all_but_what_a_resource_allows_to_the_session(own, boundary, resource, refused):
    bounded = Caller(SESSION, (SESSION, ROLE), ACCOUNT, own, boundary=boundary)
    assert refusal(REQUEST, bounded, None, resource) == refused
