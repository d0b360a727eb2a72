"""The reference pages of the account's APIs name every operation that is served, and no other."""

import re

import pytest

from netful.account.cloud_map.api import CloudMapApi
from netful.account.ec2 import api as ec2
from netful.account.ec2.reads import Reads as Ec2Reads
from netful.account.ecs.api import EcsApi
from netful.account.efs.api import EfsApi
from netful.account.elbv2 import api as elbv2
from netful.account.elbv2.reads import Reads as ElbV2Reads
from netful.account.managed import rds_api
from netful.account.managed.autoscaling_api import AutoScalingApi
from netful.account.managed.dax_api import DaxApi
from netful.account.managed.elasticache_api import ElastiCacheApi
from netful.account.managed.memorydb_api import MemoryDbApi
from netful.account.managed.redshift_api import RedshiftApi
from netful.account.profiles.api import ProfilesApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.account.wafv2.api import WafApi
from netful.account.wire.service_model import service_model
from tests.helpers.account_client import Running
from tests.helpers.places import ROOT

SERVED = {
    "ec2": {*ec2.WRITES, *Ec2Reads(lambda: None, ()).operations()},
    "rds": {*rds_api.RdsApi(Running(), None).operations},
    "elasticache": {*ElastiCacheApi(Running()).operations},
    "route53": {*Route53Api(Running()).operations},
    "route53resolver": {*ResolverApi(Running()).operations},
    "route53profiles": {*ProfilesApi(Running()).operations},
    "ecs": {*EcsApi(Running()).operations},
    "efs": {*EfsApi(Running()).operations},
    "wafv2": {*WafApi(Running()).operations},
    "elbv2": {*elbv2.WRITES, *ElbV2Reads(lambda: None, dict).operations()},
}


PARTS = {
    # of a page: its name, and the heading; the service; what its API serves
    ("managed-services", "MemoryDB"): ("memorydb", MemoryDbApi),
    ("managed-services", "DAX"): ("dax", DaxApi),
    ("managed-services", "Redshift"): ("redshift", RedshiftApi),
    ("managed-services", "Auto Scaling"): ("autoscaling", AutoScalingApi),
    ("cloud-map", "Operations"): ("servicediscovery", CloudMapApi),
}


@pytest.mark.parametrize("part", PARTS)
def test_operations_in_a_part_of_a_page_are_those_that_are_served(part):
    (name, heading), (service, api) = part, PARTS[part]
    page = (ROOT / "docs" / "reference" / f"{name}-api.md").read_text(encoding="utf-8")
    listed = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    served = {*api(Running()).operations}
    assert set(re.findall(r"`(\w+)`", listed)) == served
    assert set(service_model(service).operation_names) >= served


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
