"""SAM deploys by the answers in its file, invokes, lists and deletes."""

import pytest

pytestmark = pytest.mark.packets


def test_an_application_is_deployed_invoked_and_deleted(account, application):
    folder, before = application("sam"), account.seen()

    def sam(*args, check=True):
        return account.run("sam/sam", *args, cwd=folder, check=check)

    assert "Successfully created/updated stack - sam" in sam("deploy")
    outputs = account.outputs("sam")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    assert "No changes to deploy. Stack sam is up to date" in sam("deploy", check=False)
    (folder / "src" / "app.py").write_text(
        (folder / "src" / "app.py").read_text().replace('"version": 1', '"version": 2')
    )
    sam("deploy")
    assert account.answer(outputs["Function"], outputs["Url"])["version"] == 2
    assert '"statusCode": 200' in sam("remote", "invoke", "Hello", "--stack-name", "sam")
    assert "Hello" in sam("list", "resources", "--stack-name", "sam")
    sam("delete", "--stack-name", "sam", "--no-prompts")
    assert account.seen() == before
