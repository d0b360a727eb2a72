"""Start of an account with `--state`: what its folder has, and which folders it refuses."""

import pytest

from netful.account.kept import kept_account
from netful.account.kept.kept_account import KeptAccount
from netful.model.core import StackError
from netful.services.backends.state_folder import DEPLOYED
from netful.stack import stack_settings
from netful.stack.account_start import begun, check_kind
from netful.stack.control.settings import Settings


@pytest.fixture
def start(tmp_path):
    (tmp_path / "template.yaml").write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    of = {"empty": {"empty": True}, "template": {"templates": (str(tmp_path / "template.yaml"),)}}

    def started(kind):
        return begun(Settings("s", str(tmp_path), state_folder=str(tmp_path / "kept"), **of[kind]), tmp_path / "run")

    return started


@pytest.mark.parametrize("kinds", [("empty", "template"), ("template", "empty")])
def test_a_folder_has_accounts_of_one_kind(start, kinds):
    start(kinds[0])
    start(kinds[0])
    with pytest.raises(StackError, match="kept` is of an account that") as refused:
        start(kinds[1])
    assert refused.value.hint == "give `--state` another folder"


def test_the_tables_of_a_template_are_not_deleted_by_an_empty_account(start, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / DEPLOYED).write_text("{}")  # of a version that kept no account of a template
    with pytest.raises(StackError, match="`netful up -t` started"):
        start("empty")
    start("template")


def test_an_account_whose_file_is_damaged_begins_again_without_it(start, tmp_path):
    start("empty")
    file, deployed = tmp_path / "kept/account" / kept_account.FILE, tmp_path / "kept" / DEPLOYED
    deployed.write_text("{}")
    file.write_text('{"records": [')
    with pytest.raises(StackError, match=r"account\.json` cannot be read"):
        start("empty")
    file.unlink()
    assert start("empty").kept == KeptAccount()


def test_a_running_account_does_not_become_one_of_the_other_kind(tmp_path):
    settings = Settings("s", str(tmp_path), templates=("template.yaml",))
    check_kind("kept", settings, of_templates=True)
    with pytest.raises(StackError, match="`netful up --empty` started"):
        check_kind("kept", settings, of_templates=False)


def test_what_names_no_subnet_is_in_a_default_vpc(tmp_path):
    """A template with a network of its own has none."""
    template = tmp_path / "template.yaml"
    settings = Settings("s", str(tmp_path), templates=(str(template),))
    template.write_text(
        "Resources: {Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, PubliclyAccessible: true}}}"
    )
    network = stack_settings.cloud(settings).network
    assert {eni.subnet_id for eni in network.interfaces_of("Db")} == {f"DefaultSubnet{zone}" for zone in "ABC"}
    template.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    assert stack_settings.cloud(settings).network.vpcs == {}
