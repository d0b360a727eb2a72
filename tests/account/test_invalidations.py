"""CloudFront's API: invalidations are complete at once, and distributions are those of templates."""

import pytest

from netful.account.cloudfront.invalidations import InvalidationsApi
from tests.helpers.account_client import Client

SITE = """
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: o, DomainName: origin.example, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: o, ViewerProtocolPolicy: allow-all}
"""
NONE = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
BATCH = {"Paths": {"Quantity": 2, "Items": ["/*", "/a&b"]}, "CallerReference": "first"}


@pytest.fixture
def cloud(cloud_of, request):
    return cloud_of(request.param)


@pytest.fixture
def cloudfront(running):
    return Client("cloudfront", InvalidationsApi(running).handle)


@pytest.mark.parametrize("cloud", [SITE], indirect=True)
def test_an_invalidation_is_complete_at_once(cloudfront, cloud):
    (site,) = cloud.names.distributions.values()
    made = cloudfront("CreateInvalidation", DistributionId=site.aws_id, InvalidationBatch=BATCH)
    found = cloudfront("GetInvalidation", DistributionId=site.aws_id, Id=made["Invalidation"]["Id"])["Invalidation"]
    assert (found["Status"], found["InvalidationBatch"]) == ("Completed", BATCH)
    assert made["Location"].endswith(f"/{site.aws_id}/invalidation/{found['Id']}")
    listed = cloudfront("ListInvalidations", DistributionId=site.aws_id)["InvalidationList"]
    assert ([one["Id"] for one in listed["Items"]], listed["Quantity"]) == ([found["Id"]], 1)
    assert cloudfront("GetInvalidation", DistributionId=site.aws_id, Id="I2") == "NoSuchInvalidation"
    assert cloudfront("ListDistributions") == "UnknownOperationException"


@pytest.mark.parametrize("cloud", [NONE], indirect=True)
def test_an_account_without_distributions(cloudfront):
    assert cloudfront("ListDistributions")["DistributionList"]["Quantity"] == 0
    assert cloudfront("CreateInvalidation", DistributionId="E1", InvalidationBatch=BATCH) == "NoSuchDistribution"
