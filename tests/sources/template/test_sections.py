"""Sections of a template that CloudFormation does not have."""

import pytest

from netful.model.core import SourceError


@pytest.mark.parametrize(
    ("section", "hint"), [("Modules", "`aws cloudformation package`"), ("Resource", "`Resources`"), ("Zzzz", "")]
)
def test_a_section_that_is_not_known_is_a_warning(cloud_of, section, hint):
    (warning,) = cloud_of(f"{section}: {{}}\nResources: {{Topic: {{Type: AWS::SNS::Topic}}}}\n").template.warnings
    assert section in warning
    assert hint in warning


@pytest.mark.parametrize(
    ("section", "hint"), [("Modules: {Net: {Source: ./net.yaml}}", "package"), ("", "no parameter")]
)
def test_a_reference_may_be_to_what_the_client_packages(cloud_of, section, hint):
    with pytest.raises(SourceError) as refused:
        cloud_of(f"{section}\nResources: {{A: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !GetAtt Net.Name}}}}}}")
    assert hint in refused.value.hint
