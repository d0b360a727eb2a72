"""Tests on recorded facts: they are skipped where the facts are not, and `make recorded` says so and fails."""

import pytest

from tests.helpers.places import CORPUS, LABS


def pytest_runtest_setup():
    if not (CORPUS.is_dir() and LABS.is_dir()):
        pytest.skip(f"needs the folders {CORPUS} and {LABS} (set NETFUL_SHARED)")
