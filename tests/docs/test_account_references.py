"""The reference pages of the account's APIs name every operation that is served, and no other."""

import re

import pytest

from netful.account.ec2 import api as ec2
from netful.account.ec2.reads import Reads as Ec2Reads
from netful.account.ecs.api import EcsApi
from netful.account.efs.api import EfsApi
from netful.account.elbv2 import api as elbv2
from netful.account.elbv2.reads import Reads as ElbV2Reads
from netful.account.managed import rds_api
from netful.account.managed.elasticache_api import ElastiCacheApi
from netful.account.profiles.api import ProfilesApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.account.wafv2.api import WafApi
from netful.account.wire.service_model import service_model
from tests.helpers.account_client import Running
from tests.helpers.places import ROOT

SERVED = {
    "ec2": {*ec2.WRITES, *Ec2Reads(lambda: None, ()).operations()},
    "rds": {*rds_api.WRITES, *rds_api.LOOKS},
    "elasticache": {*ElastiCacheApi(Running()).operations},
    "route53": {*Route53Api(Running()).operations},
    "route53resolver": {*ResolverApi(Running()).operations},
    "route53profiles": {*ProfilesApi(Running()).operations},
    "ecs": {*EcsApi(Running()).operations},
    "efs": {*EfsApi(Running()).operations},
    "wafv2": {*WafApi(Running()).operations},
    "elbv2": {*elbv2.WRITES, *ElbV2Reads(lambda: None, dict).operations()},
}


@pytest.mark.parametrize("service", SERVED)
def test_operations_are_those_that_are_served(service):
    page = (ROOT / "docs" / "reference" / f"{service}-api.md").read_text(encoding="utf-8")
    listed = page.partition("## Operations")[2].partition("## Requests")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == SERVED[service]


@pytest.mark.parametrize("service", SERVED)
def test_every_operation_is_of_the_services_model(service):
    assert set(service_model(service).operation_names) >= SERVED[service]


def test_operations_of_the_back_end_are_named():
    page = (ROOT / "docs" / "reference" / "rds-api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)`", page.partition("## Parameter groups")[2].partition("## Differences")[0])) == set(
        rds_api.ELSEWHERE
    )
