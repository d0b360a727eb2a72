"""Tokens of IAM for databases, as boto3 makes them, are accepted for their host, user and time alone."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from netful.engine.iam.authorization import Caller
from netful.services.front.database_tokens import DatabaseEnd, refusal
from netful.services.front.signature import Signer

HOST, KEY, SECRET, SESSION = "db.netful.us-east-1.rds.amazonaws.com", "ASIA0123456789ABCDEF", "a secret", "a token"
END = DatabaseEnd(frozenset({f"{HOST}:5432"}), "arn:aws:rds-db:us-east-1:123456789012:dbuser:db-1")


def allowing(resource):
    statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": resource}
    return {"Statement": [statement]}


def signers(document):
    return {KEY: Signer(Caller("arn:aws:sts::1:assumed-role/r/f", ("arn:r",), "1", document), SECRET, SESSION)}


def token(host=HOST, port=5432, user="app", secret=SECRET, key=KEY, session=SESSION):
    client = boto3.client(
        "rds", region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=session
    )
    return client.generate_db_auth_token(host, port, user)


@pytest.mark.parametrize("resource", ["*", f"{END.users}/app", f"{END.users}/*"])
def test_a_token_admits(resource):
    assert refusal(token(), "app", END, signers(allowing(resource)), datetime.now(UTC)) == ""


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"host": "other.example"}, "is for other.example"),
        ({"port": 3306}, f"is for {HOST}:3306"),
        ({"user": "other"}, "for the user other"),
        ({"secret": "no"}, "mismatch"),
        ({"session": "no"}, "token"),
        ({"key": "ASIA0000000000000000"}, "not valid"),
    ],
)
def test_another_token_does_not(shown, why):
    assert why in refusal(token(**shown), "app", END, signers(allowing("*")), datetime.now(UTC))


@pytest.mark.parametrize("resource", [f"{END.users}/other", "arn:aws:rds-db:us-east-1:123456789012:dbuser:db-2/app"])
def test_policies_of_the_caller_count(resource):
    assert "may not rds-db:connect" in refusal(token(), "app", END, signers(allowing(resource)), datetime.now(UTC))


def test_a_token_ends_after_fifteen_minutes():
    later = datetime.now(UTC) + timedelta(minutes=16)
    assert "expired" in refusal(token(), "app", END, signers(allowing("*")), later)
    longer = token().replace("X-Amz-Expires=900", "X-Amz-Expires=9000")
    assert refusal(longer, "app", END, signers(allowing("*")), datetime.now(UTC))


@pytest.mark.parametrize("shown", ["a password", "", f"{HOST}:5432/?Action=connect", "ä/?", "x/?" + "y" * 5000])
def test_what_is_not_a_token(shown):
    assert "not a token" in refusal(shown, "app", END, signers(allowing("*")), datetime.now(UTC))


def test_other_keys_count_as_allowed():
    assert (
        refusal(token(key="AKIAUSER", secret="x", session=None), "app", END, signers(allowing("*")), datetime.now(UTC))
        == ""
    )
