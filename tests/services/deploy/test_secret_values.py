"""Generated passwords have the characters and the length that `GenerateSecretString` asks for."""

import json
import string

import pytest

from netful.services.deploy.kinds.secret_values import generated, random_password


@pytest.mark.parametrize(
    ("asked", "alphabet", "length"),
    [
        ({}, string.ascii_letters + string.digits + string.punctuation, 32),
        ({"ExcludePunctuation": "true", "PasswordLength": "12"}, string.ascii_letters + string.digits, 12),
        ({"ExcludePunctuation": True, "IncludeSpace": True}, string.ascii_letters + string.digits + " ", 32),
        (dict.fromkeys(("ExcludeLowercase", "ExcludeUppercase", "ExcludePunctuation"), True), string.digits, 32),
        ({"ExcludeCharacters": string.punctuation + "0l"}, set(string.ascii_letters + string.digits) - set("0l"), 32),
        ({"RequireEachIncludedType": False, "PasswordLength": 1}, string.printable, 1),
    ],
)
def test_password_has_what_is_asked_for(asked, alphabet, length):
    password = random_password(asked)
    assert len(password) == length
    assert set(password) <= set(alphabet)


def test_password_has_each_kind():
    for _ in range(20):
        password = random_password({"PasswordLength": 4})
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
        assert all(set(password) & set(kind) for kind in kinds)


def test_password_goes_under_its_key():
    value = generated({"SecretStringTemplate": '{"username": "app"}', "GenerateStringKey": "password"})
    assert json.loads(value).keys() == {"username", "password"}
