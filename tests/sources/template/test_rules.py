"""The section `Rules`: what a template's author asserts of its parameters."""

import pytest

from netful.model.core import SourceError
from tests.helpers.texts import replaced

SIZES = """
    Parameters:
      Environment: {Type: String, AllowedValues: [test, prod], Default: prod}
      Size: {Type: String, Default: small}
      Zones: {Type: CommaDelimitedList, Default: "a,b"}
      SubnetId: {Type: AWS::EC2::Subnet::Id}
    Rules:
      Sizes:
        RuleCondition: !Equals [!Ref Environment, prod]
        Assertions:
          - Assert: %s
            AssertDescription: production is large
    Resources:
      Topic: {Type: AWS::SNS::Topic}
"""
LINE_OF_ASSERT = 11

FALSE = [
    "{'Fn::Contains': [[large, huge], !Ref Size]}",
    "!Contains [[large], !Ref Size]",
    "!EachMemberEquals [!Ref Zones, a]",
    "!EachMemberIn [!Ref Zones, [a, c]]",
    "!Not [!Contains [[small], !Ref Size]]",
    "!And [!EachMemberIn [!Ref Zones, [a, b]], !Contains [[large], !Ref Size]]",
    "!Or [!Equals [!Ref Size, large], !Contains [[huge], !Ref Size]]",
    "!And [!Contains [[large], !Ref Size], !Contains [!RefAll 'AWS::EC2::Subnet::Id', a]]",
]
TRUE = [
    "!Contains [[small, large], !Ref Size]",
    "!EachMemberEquals [[small, small], !Ref Size]",
    "!EachMemberIn [!Ref Zones, [a, b, c]]",
    "!Or [!Equals [!Ref Size, small], !Contains [[a], !ValueOf [SubnetId, VpcId]]]",
]
NOT_JUDGED = {
    "!Contains [[subnet-1], !Ref SubnetId]": "parameter `SubnetId` has no value",
    "!EachMemberIn [[a, !Ref SubnetId], [a]]": "parameter `SubnetId` has no value",
    "!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], [vpc-1]]": "`Fn::ValueOfAll` needs data of the account",
    "!EachMemberIn [[vpc-1], !RefAll 'AWS::EC2::VPC::Id']": "`Fn::RefAll` needs data of the account",
    "!Equals [!ValueOf [SubnetId, VpcId], vpc-1]": "`Fn::ValueOf` needs data of the account",
}


@pytest.mark.parametrize("assertion", FALSE)
def test_a_false_assertion_refuses_the_template_with_its_description(cloud_of, assertion):
    with pytest.raises(SourceError) as caught:
        cloud_of(SIZES % assertion)
    assert caught.value.what == "an assertion of rule `Sizes` is false"
    assert caught.value.why == "production is large"
    assert str(caught.value.origin) == f"template.yaml:{LINE_OF_ASSERT}"
    assert "`Environment`" in caught.value.hint


@pytest.mark.parametrize("assertion", TRUE)
def test_a_true_assertion_says_nothing(cloud_of, assertion):
    assert cloud_of(SIZES % assertion).template.warnings == ()


@pytest.mark.parametrize(("assertion", "why"), NOT_JUDGED.items())
def test_what_hangs_on_a_missing_value_is_not_judged(cloud_of, assertion, why):
    place = f"template.yaml:{LINE_OF_ASSERT}"
    assert cloud_of(SIZES % assertion).template.warnings == (
        f"{place}: an assertion of rule `Sizes` is not judged: {why}",
    )


def test_another_value_makes_it_true(cloud_of):
    assert cloud_of(SIZES % "!Contains [[large], !Ref Size]", Size="large").template.warnings == ()


@pytest.mark.parametrize("assertion", FALSE)
def test_a_rule_whose_condition_is_false_is_not_asked(cloud_of, assertion):
    assert cloud_of(SIZES % assertion, Environment="test").template.warnings == ()


def test_a_rule_whose_condition_is_unknown_refuses_nothing(cloud_of):
    text = replaced(SIZES, {"!Equals [!Ref Environment, prod]": "!Contains [[subnet-1], !Ref SubnetId]"})
    (warning,) = cloud_of(text % "!Contains [[large], !Ref Size]").template.warnings
    assert warning.endswith("is not judged: parameter `SubnetId` has no value")


def test_the_bootstrap_rule_of_the_cdk_is_passed_over(cloud_of):
    text = """
        Parameters:
          BootstrapVersion: {Type: "AWS::SSM::Parameter::Value<String>", Default: /cdk-bootstrap/version}
        Rules:
          CheckBootstrapVersion:
            Assertions:
              - Assert: !Not [!Contains [["1", "2"], !Ref BootstrapVersion]]
        Resources:
          Topic: {Type: AWS::SNS::Topic}
    """
    assert cloud_of(text).template.warnings == ()


MALFORMED = {
    "rule `R` is not a mapping": "R: text",
    "rule `R` has no list of `Assertions`": "R: {Assertions: []}",
    "rule `R` has an unknown part `RuleConditions`": "R: {RuleConditions: !Equals [a, b], Assertions: [{Assert: x}]}",
    "an assertion of rule `R` has no `Assert`": "R: {Assertions: [{AssertDescription: text}]}",
    "`Fn::Contains` takes a list of 2": "R: {Assertions: [{Assert: !Contains [[a]]}]}",
    "`Fn::EachMemberIn` takes a list of texts first": "R: {Assertions: [{Assert: !EachMemberIn [a, [a]]}]}",
    "`Fn::ValueOf` has the wrong operands": "R: {Assertions: [{Assert: !Equals [!ValueOf a, b]}]}",
    "a condition must be true or false": "R: {Assertions: [{Assert: !Sub text}]}",
}


@pytest.mark.parametrize(("what", "rule"), MALFORMED.items())
def test_a_malformed_rule_is_refused_where_it_stands(cloud_of, what, rule):
    with pytest.raises(SourceError) as caught:
        cloud_of(f"Rules:\n  {rule}\nResources:\n  Topic: {{Type: AWS::SNS::Topic}}\n")
    assert (caught.value.what, str(caught.value.origin)) == (what, "template.yaml:2")


def test_the_functions_of_rules_are_unknown_elsewhere(cloud_of):
    with pytest.raises(SourceError) as caught:
        cloud_of("Conditions:\n  C: !Contains [[a], a]\nResources:\n  T: {Type: AWS::SNS::Topic, Condition: C}\n")
    assert caught.value.what == "unknown function `Fn::Contains`"
