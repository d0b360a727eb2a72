"""Sign-in at a load balancer by a user pool of the template, end to end, validation of its tokens, and client certificates."""

import json
import shutil

import pytest
from joserfc import jws

from tests.helpers.client_authorities import Signer
from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets

USER, PASSWORD = "ada", "Passw0rd!"
CREDENTIALS = f"username={USER}&password={PASSWORD}"
INSIDE = "subnet:Private+Sg"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sign-in")
    shutil.copy(TEMPLATES / "sign-in.yaml", folder / "template.yaml")
    yield from Stack(folder / "state", folder / "template.yaml").while_up()


@pytest.fixture(scope="module")
def pool(stack):
    """The pool with a user, and its client."""
    cognito = stack.client("cognito-idp")
    id_ = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    attributes = [{"Name": "email", "Value": "ada@example.com"}]
    cognito.admin_create_user(UserPoolId=id_, Username=USER, UserAttributes=attributes)
    cognito.admin_set_user_password(UserPoolId=id_, Username=USER, Password=PASSWORD, Permanent=True)
    return cognito, id_, cognito.list_user_pool_clients(UserPoolId=id_)["UserPoolClients"][0]["ClientId"]


def curl(stack, client, *words):
    return stack.netful("exec", "--stack", "s", client, "--", "curl", "-sS", "--max-time", "20", *words, check=0).stdout


@pytest.mark.usefixtures("pool")
def test_sign_in_end_to_end(stack, tmp_path):
    jar = ("-b", tmp_path / "jar", "-c", tmp_path / "jar", "-L", "-w", "\n%{url_effective}")
    page, at = curl(stack, "internet", *jar, "https://shop.example.com/orders?x=1").rsplit("\n", 1)
    assert at.startswith("https://shop.auth.us-east-1.amazoncognito.com/login?")
    assert "<form" in page
    assert "Incorrect" in curl(stack, "internet", *jar, "-d", f"username={USER}&password=wrong", at)
    seen, landed = curl(stack, "internet", *jar, "-d", CREDENTIALS, at).rsplit("\n", 1)
    assert landed == "https://shop.example.com/orders?x=1"
    told = json.loads(seen)
    data = jws.extract_compact(told["x-amzn-oidc-data"].encode())
    claims = json.loads(data.payload)
    assert (claims["username"], claims["email"]) == (USER, "ada@example.com")
    assert claims["sub"] == told["x-amzn-oidc-identity"]
    key = curl(stack, "internet", f"https://public-keys.auth.elb.us-east-1.amazonaws.com/{data.headers()['kid']}")
    assert key.startswith("-----BEGIN PUBLIC KEY-----")
    again, _ = curl(stack, "internet", *jar, "https://shop.example.com/later").rsplit("\n", 1)
    assert json.loads(again)["path"] == "/later"


def test_tokens_of_the_pool(stack, pool):
    cognito, id_, client = pool
    found = cognito.admin_initiate_auth(
        UserPoolId=id_, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": USER, "PASSWORD": PASSWORD},
    )  # fmt: skip
    token = found["AuthenticationResult"]["AccessToken"]

    def status(client_, url, token):
        words = ("-k", "-o/dev/null", "-w", "%{http_code}", "-H", f"Authorization: Bearer {token}", url)
        return curl(stack, client_, *words)

    name = next(
        one["dns_name"] for one in stack.json("status", "--stack", "s")["load_balancers"] if one["resource"] == "Inside"
    )
    assert status("internet", "https://shop.example.com:8443/", token) == "200"
    assert status("internet", "https://shop.example.com:8443/", f"{token}x") == "401"
    assert status(INSIDE, f"https://{name}/", token) == "500"  # its node does not reach the pool


def test_certificates_of_clients(stack, tmp_path):
    root = Signer("root", ca=True)
    client = Signer("client", root).files(tmp_path)
    url, words = "https://shop.example.com:7443/", ("--cert", client)
    refused = stack.netful("exec", "--stack", "s", "internet", "--", "curl", "-sS", *words, url)
    assert refused.returncode != 0  # the trust store is not in its bucket yet
    stack.client("s3").put_object(Bucket="stores", Key="clients.pem", Body=root.pem)
    stack.up()
    told = json.loads(curl(stack, "internet", *words, url))
    assert told["x-amzn-mtls-clientcert-subject"] == "CN=client,O=Example"
    without = stack.netful("exec", "--stack", "s", "internet", "--", "curl", "-sS", url)
    assert without.returncode != 0
