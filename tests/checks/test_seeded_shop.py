"""The shop of `bench/seeded` has the faults that its comments mark: netful finds each, until it is mended."""

import pytest

from bench import seeded_faults
from netful import sources
from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import selected
from netful.checks.run import check, regressions

THIRTY = {
    *(f"NF1{n:02}" for n in range(1, 11)),
    *(f"NF20{n}" for n in range(1, 7)),
    *(f"NF30{n}" for n in range(1, 6)),
    *(f"NF40{n}" for n in range(1, 4)),
    *(f"NF50{n}" for n in range(1, 5)),
    *("NF601", "NF602"),
}
IN_THE_STEP = "NF305"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return Facts(sources.load([seeded_faults.write(tmp_path_factory.mktemp("faulty"))]))


def test_thirty_faults_are_seeded():
    assert set(seeded_faults.faults()) == THIRTY


@pytest.mark.parametrize("fault", sorted(THIRTY - {IN_THE_STEP}))
def test_a_fault_is_found_until_it_is_mended(faulty, fault, tmp_path):
    mended = Facts(sources.load([seeded_faults.write(tmp_path, mended=fault)]))
    rules = selected((fault,), ())
    before, after = ({(f.id, f.resource) for f in check(facts, rules)} for facts in (faulty, mended))
    assert before - after


def test_the_fault_in_the_step_is_found_between_the_versions(faulty, tmp_path):
    before = Facts(sources.load([seeded_faults.write(tmp_path, mended=IN_THE_STEP)]))
    assert [finding.resource for finding in regressions(before, faulty)] == ["BackOfficeApi"]
