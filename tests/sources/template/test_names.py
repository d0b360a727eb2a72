"""`Ref` of resources that AWS identifies by a name."""

import pytest

from netful.model.core import Unknown
from netful.model.identity import has_id
from netful.sources.template.attributes import NAME_PROPERTIES


def ref(cloud_of, resource):
    return (
        cloud_of(f"Resources: {{Thing: {resource}}}\nOutputs: {{Ref: {{Value: !Ref Thing}}}}\n")
        .template.outputs[0]
        .value
    )


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AutoScaling::AutoScalingGroup", 'AutoScalingGroupName: own, MinSize: "1", MaxSize: "1"'),
        ("Athena::WorkGroup", "Name: own"),
        ("CodeBuild::Project", "Name: own"),
        ("EC2::KeyPair", "KeyName: own"),
        ("ECS::CapacityProvider", "Name: own"),
        ("EKS::Cluster", "Name: own"),
        ("ElastiCache::User", "UserId: own, UserName: other"),
        ("ElastiCache::UserGroup", "UserGroupId: own"),
        ("Glue::Database", "CatalogId: x, DatabaseName: own, DatabaseInput: {Name: other}"),
        ("Glue::Database", "CatalogId: x, DatabaseInput: {Name: own}"),
        ("MemoryDB::ACL", "ACLName: own"),
        ("MemoryDB::ParameterGroup", "ParameterGroupName: own"),
        ("MemoryDB::User", "UserName: own"),
        ("RDS::DBProxy", "DBProxyName: own"),
        ("Scheduler::Schedule", "Name: own"),
    ],
)
def test_ref_is_the_name_that_the_template_sets(cloud_of, type_, properties):
    assert ref(cloud_of, f"{{Type: AWS::{type_}, Properties: {{{properties}}}}}") == "own"


@pytest.mark.parametrize(
    "resource",
    ["{Type: AWS::EKS::Cluster}", "{Type: AWS::Glue::Database, Properties: {CatalogId: x}}"],
)
def test_ref_without_a_name_is_the_logical_id(cloud_of, resource):
    assert ref(cloud_of, resource) == "Thing"


def test_ref_of_a_job_definition_has_a_revision_of_aws(cloud_of):
    value = ref(cloud_of, "{Type: AWS::Batch::JobDefinition, Properties: {JobDefinitionName: own}}")
    assert isinstance(value, Unknown)


def test_types_with_an_id_have_no_name_in_its_place():
    assert not [type_ for type_ in NAME_PROPERTIES if has_id(type_)]
