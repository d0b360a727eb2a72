"""An account that runs for the tests of a module."""

import pytest

from tests.helpers.accounts_running import Account


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    made = Account(folder / "state", folder / "template.yaml")
    yield made.start()
    made.down()
