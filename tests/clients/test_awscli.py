"""`aws cloudformation` packages, deploys, updates, describes and deletes a stack."""

import pytest

pytestmark = pytest.mark.packets


def test_a_template_is_deployed_updated_and_deleted(account, application):
    folder, before = application("template"), account.seen()

    def aws(*args, check=True):
        return account.run("awscli/aws", "cloudformation", *args, cwd=folder, check=check)

    deploy = ("deploy", "--stack-name", "app", "--template-file", "template.yaml", "--capabilities", "CAPABILITY_IAM")
    assert "Successfully created/updated stack - app" in aws(*deploy)
    outputs = account.outputs("app")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    assert "No changes to deploy. Stack app is up to date" in aws(*deploy, "--no-fail-on-empty-changeset")
    aws(*deploy, "--parameter-overrides", "Version=2")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"], version=2)
    broken = (folder / "template.yaml").read_text().replace("CidrBlock: 10.50.1.0/24", "CidrBlock: 10.99.1.0/24")
    (folder / "template.yaml").write_text(broken)
    assert "Failed to create/update the stack" in aws(*deploy, check=False)
    assert account.answer(outputs["Function"], outputs["Url"])["version"] == 2
    aws("delete-stack", "--stack-name", "app")
    aws("wait", "stack-delete-complete", "--stack-name", "app")
    assert account.seen() == before
