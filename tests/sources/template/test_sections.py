"""Sections of a template that CloudFormation does not have."""

import pytest


@pytest.mark.parametrize(
    ("section", "hint"), [("Modules", "`aws cloudformation package`"), ("Resource", "`Resources`"), ("Zzzz", "")]
)
def test_a_section_that_is_not_known_is_a_warning(cloud_of, section, hint):
    (warning,) = cloud_of(f"{section}: {{}}\nResources: {{Topic: {{Type: AWS::SNS::Topic}}}}\n").template.warnings
    assert section in warning
    assert hint in warning
