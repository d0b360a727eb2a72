"""ARNs have the partition of their region, which no module writes down."""

import pytest
from botocore.session import get_session

from netful.model.names.arns import aws_arn
from netful.model.names.partitions import partition, url_suffix
from tests.helpers.places import ROOT

SOURCES = ROOT / "src" / "netful"
# A hint and a comment that show the form of an ARN.
EXAMPLES = {"sources/project/identities.py", "sources/terraform/plan/planned_resources.py"}
BOTOCORE = get_session().get_component("data_loader").load_data("endpoints")["partitions"]
KNOWN = [(region, one["partition"], one["dnsSuffix"]) for one in BOTOCORE for region in one["regions"]]


@pytest.mark.parametrize(("region", "name", "suffix"), KNOWN)
def test_partitions_are_those_of_botocore(region, name, suffix):
    assert (partition(region), url_suffix(region)) == (name, suffix)


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("sqs", "cn-north-1:111122223333"),
        ("iam", ":111122223333"),
        ("cloudfront", ":111122223333"),
        ("s3", ":"),
        ("route53", ":"),
    ],
)
def test_global_services_have_no_region_in_their_arns(service, place):
    assert aws_arn(service, "cn-north-1", "111122223333", "x") == f"arn:aws-cn:{service}:{place}:x"


def test_no_file_fixes_a_partition():
    files = (file for kind in ("py", "json") for file in SOURCES.rglob(f"*.{kind}"))
    found = {str(file.relative_to(SOURCES)) for file in files if "arn:aws:" in file.read_text(encoding="utf-8")}
    assert found == EXAMPLES
