"""The Serverless Framework deploys, invokes, updates a function and removes."""

import pytest

pytestmark = pytest.mark.packets


def test_a_service_is_deployed_updated_and_removed(account, application):
    folder, before = application("serverless"), account.seen()

    def osls(*args):
        return account.run("node/osls", *args, cwd=folder)

    osls("deploy")
    outputs = account.outputs("serverless-dev")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    handler = folder / "handler.py"
    handler.write_text(handler.read_text().replace('"version": 1', '"version": 2'))
    osls("deploy", "function", "-f", "hello")
    assert account.answer(outputs["Function"], outputs["Url"])["version"] == 2
    assert '"statusCode": 200' in osls("invoke", "-f", "hello")
    osls("remove")
    assert account.seen() == before
