"""SAM templates that others wrote: their resources are those that SAM's own translator makes."""

import pytest

from tests.helpers import sam
from tests.helpers.places import CORPUS

REFUSED = CORPUS / "o40-sar-vpc-import" / "vpc-import-value.yaml"  # as CloudFormation does
EVERY = [file for file in sam.serverless(CORPUS) if file != REFUSED]


def test_the_corpus_has_sam_templates():
    assert len(EVERY) == 21


@pytest.mark.parametrize("file", EVERY, ids=lambda file: str(file.relative_to(CORPUS)))
def test_resources_are_those_of_sam_s_own_translator(file):
    assert sam.differences(file) == []
