"""Parameter Store by unmodified boto3, over TLS that is verified against the stack's own CA."""

import pytest
from botocore.exceptions import ClientError, SSLError

from netful.engine.names.endpoint_names import regional_name
from tests.helpers.services_bench import ACCOUNT, CLOUD, INTERNET, LOCAL, REGION, SSM_ENDPOINT

pytestmark = pytest.mark.packets


@pytest.fixture(params=[INTERNET, SSM_ENDPOINT], ids=["internet", "endpoint"])
def ssm(request, through):
    return through("ssm", request.param)


def test_parameters_of_the_template_are_there(ssm):
    found = ssm.get_parameter(Name="/demo/greeting")["Parameter"]
    assert (found["Value"], found["Type"]) == ("hello", "String")
    assert found["ARN"] == f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/demo/greeting"
    assert ssm.get_parameter(Name="/demo/names")["Parameter"]["Type"] == "StringList"


def test_what_is_unknown_or_refused_is_left_out_with_a_warning(ssm, services):
    found = ssm.get_parameters(Names=["/demo/later", "/demo/greeting"])
    assert found["InvalidParameters"] == ["/demo/later"]
    unknown, refused = services.backends.warnings
    assert unknown == "t.yaml:9: the parameter `Later` is left out: given at deployment"
    assert refused.startswith("t.yaml:12: the parameter `Bad` is left out: ")


def test_put_get_describe_tag_delete(ssm):
    ssm.put_parameter(Name="/t/one", Value="1", Type="String", Tags=[{"Key": "team", "Value": "net"}])
    ssm.put_parameter(Name="/t/one", Value="2", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/t/one")["Parameter"]["Version"] == 2
    assert [v["Value"] for v in ssm.get_parameter_history(Name="/t/one")["Parameters"]] == ["1", "2"]
    listed = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["/t/one"]}])["Parameters"]
    assert [p["Name"] for p in listed] == ["/t/one"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/t/one")["TagList"]
    assert tags == [{"Key": "team", "Value": "net"}]
    ssm.delete_parameter(Name="/t/one")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/t/one")


def test_secure_strings_are_readable_only_decrypted(ssm):
    ssm.put_parameter(Name="/s/key", Value="secret", Type="SecureString", Overwrite=True)
    assert ssm.get_parameter(Name="/s/key", WithDecryption=True)["Parameter"]["Value"] == "secret"
    assert ssm.get_parameter(Name="/s/key")["Parameter"]["Value"] != "secret"


def test_by_path_pages_through_all(ssm):
    for number in range(12):
        ssm.put_parameter(Name=f"/page/{number:02}", Value=str(number), Type="String", Overwrite=True)
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/page", PaginationConfig={"PageSize": 5})
    assert [p["Value"] for page in pages for p in page["Parameters"]] == [str(n) for n in range(12)]


def test_another_services_name_at_an_endpoint_fails_its_certificate(through):
    # the endpoint's certificate is for its own service (as a client would see it in AWS)
    with pytest.raises(SSLError, match="doesn't match"):
        through("sqs", SSM_ENDPOINT).list_queues()


def test_an_endpoint_answers_its_own_names(through):
    name = regional_name(CLOUD, CLOUD.network.vpc_endpoints["SsmEndpoint"])
    ssm = through("ssm", SSM_ENDPOINT, endpoint_url=f"https://{name}")
    assert ssm.get_parameter(Name="/demo/greeting")["Parameter"]["Value"] == "hello"


def test_the_local_endpoint_takes_the_service_from_the_signature(through):
    ssm = through("ssm", LOCAL, tls=False, endpoint_url="http://127.0.0.1:4566")
    assert ssm.get_parameter(Name="/demo/greeting")["Parameter"]["Value"] == "hello"
    assert (
        through("sts", LOCAL, tls=False, endpoint_url="http://localhost:4566").get_caller_identity()["Account"]
        == ACCOUNT
    )


def test_an_operation_that_is_not_emulated_says_so(ssm):
    with pytest.raises(ClientError, match=r"UnknownOperationException.*list_ops_metadata"):
        ssm.list_ops_metadata()
