"""Documents that an editor has open stand for their files."""

from pathlib import Path

import pytest

import netful
from netful.sources.files import open_documents


def test_the_text_of_an_open_document_is_read(write):
    template = write("Resources: {A: {Type: AWS::SNS::Topic}}")
    with open_documents.in_place_of_files({template.absolute(): "Resources: {B: {Type: AWS::SNS::Topic}}"}):
        assert [*netful.load(template).show()["resources"]] == ["B"]
    assert [*netful.load(template).show()["resources"]] == ["A"]


def test_a_fault_in_it_has_its_line(write):
    template = write("Resources: {A: {Type: AWS::SNS::Topic}}")
    with (
        open_documents.in_place_of_files({template.absolute(): "Resources:\n  A: ["}),
        pytest.raises(netful.SourceError) as refused,
    ):
        netful.load(template)
    assert refused.value.origin.line > 1


def test_other_files_are_read_as_they_are(write):
    template = write("Resources: {A: {Type: AWS::SNS::Topic}}")
    with open_documents.in_place_of_files({Path("/elsewhere.yaml"): "Resources: {}"}):
        assert [*netful.load(template).show()["resources"]] == ["A"]
