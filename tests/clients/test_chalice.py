"""Chalice deploys, updates and deletes an API by the APIs of IAM, Lambda and API Gateway, without a template."""

import json
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.packets


def test_an_api_is_deployed_updated_and_deleted(account, application):
    folder, before = application("chalice"), account.seen()

    def chalice(*args):
        return account.run("chalice/chalice", *args, cwd=folder)

    chalice("deploy")
    deployed = json.loads((folder / ".chalice" / "deployed" / "dev.json").read_text())["resources"]
    (api,) = [one["rest_api_id"] for one in deployed if one["resource_type"] == "rest_api"]
    url = f"{account.exports['AWS_ENDPOINT_URL']}/_execute-api/{api}/api"
    assert answer(url) == (200, {"version": 1})
    said = urllib.request.Request(f"{url}/people/ada", b'{"say": "hi"}', {"Content-Type": "application/json"})
    assert answer(said) == (200, {"name": "ada", "said": "hi"})
    public = chalice("url").strip()
    assert account.json("trace", "internet", public, "--live", "--stack", "s")["verdict"] == "reachable"
    code = folder / "app.py"
    code.write_text(code.read_text().replace('"version": 1', '"version": 2'))
    chalice("deploy")
    assert answer(url) == (200, {"version": 2})
    assert "INIT_START" in chalice("logs", "--include-lambda-messages")
    chalice("delete")
    assert account.seen() == before
    assert answer(url)[0] == 403


def answer(request):
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
