"""Endpoint policies at live doors: the same requests that AWS would refuse, in the form that its SDKs understand."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from netful.fabric.doors.door import Door, DoorKind
from netful.model.core import Unknown
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from netful.services.front.actions import asked
from netful.services.front.front import Front
from netful.services.front.guard import Guard
from netful.services.front.routing import route
from netful.services.http.message import ClientConnection, Request
from tests.helpers.services_bench import ACCOUNT, CLOUD, INTERNET, REGION, S3_GATEWAY, SSM_ENDPOINT


def ask(door, host, method="POST", target="/", body=b"", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(
        method, target, (("Host", host), *named), body, ClientConnection(door, ("10.0.1.9", 1), ("10.0.1.5", 443))
    )


def refusal(cloud, found, request):
    return Guard(cloud, {}).refusal(found, request)


def with_policy(endpoint_id, *statements):
    endpoint = replace(CLOUD.network.vpc_endpoints[endpoint_id], policy_document={"Statement": list(statements)})
    return CLOUD.having(vpc_endpoints={**CLOUD.network.vpc_endpoints, endpoint_id: endpoint})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **more}


S3, SSM, DYNAMODB, LAMBDA = (f"{code}.{REGION}.amazonaws.com" for code in ("s3", "ssm", "dynamodb", "lambda"))
ACTIONS = {
    "json": (ask(INTERNET, SSM, body=b'{"Name": "/a/b"}', x_amz_target="AmazonSSM.GetParameter"),
             "ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a/b"),
    "several parameters": (ask(INTERNET, SSM, body=b'{"Names": ["a"]}', x_amz_target="AmazonSSM.GetParameters"),
                           "ssm:GetParameters", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a"),
    "no json": (ask(INTERNET, SSM, body=b"\xff", x_amz_target="AmazonSSM.GetParameter"), "ssm:GetParameter", ""),
    "a table": (ask(INTERNET, DYNAMODB, body=b'{"TableName": "T"}', x_amz_target="DynamoDB_20120810.GetItem"),
                "dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/T"),
    "an invocation": (ask(INTERNET, LAMBDA, target="/2015-03-31/functions/fn:live/invocations"),
                      "lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn:live"),
    "a function's ARN": (ask(INTERNET, LAMBDA, "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Afn"),
                         "lambda:GetFunction", "arn:aws:lambda:r:1:function:fn"),
    "a permission": (ask(INTERNET, LAMBDA, "DELETE", "/2015-03-31/functions/fn/policy/s3"),
                     "lambda:RemovePermission", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"),
    "settings of events": (ask(INTERNET, LAMBDA, "PUT", "/2019-09-25/functions/fn/event-invoke-config"),
                           "lambda:PutFunctionEventInvokeConfig", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"),
    "the functions": (ask(INTERNET, LAMBDA, "GET", "/2015-03-31/functions/"), "lambda:ListFunctions", ""),
    "the layers": (ask(INTERNET, LAMBDA, "GET", "/2018-10-31/layers"), "lambda:ListLayers", ""),
    "a layer": (ask(INTERNET, LAMBDA, "GET", "/2018-10-31/layers/tools/versions/3"),
                "lambda:GetLayerVersion", f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tools:3"),
    "a layer's ARN": (ask(INTERNET, LAMBDA, "GET", "/2018-10-31/layers?find=LayerVersion&Arn=a"), "lambda:GetLayerVersion", ""),
    "an event source mapping": (ask(INTERNET, LAMBDA, "DELETE", "/2015-03-31/event-source-mappings/u-1"),
                                "lambda:DeleteEventSourceMapping", f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:u-1"),
    "tags of a function": (ask(INTERNET, LAMBDA, "GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Afn"),
                           "lambda:ListTags", "arn:aws:lambda:r:1:function:fn"),
    "an alias": (ask(INTERNET, LAMBDA, "GET", "/2015-03-31/functions/fn/aliases/live"),
                 "lambda:GetAlias", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"),
    "nothing of Lambda's": (ask(INTERNET, LAMBDA, "GET", "/2015-03-31/nothing/x"), "", ""),
    "query": (ask(INTERNET, f"sts.{REGION}.amazonaws.com", body=b"Action=GetCallerIdentity&Version=1"),
              "sts:GetCallerIdentity", ""),
    "query string": (ask(INTERNET, f"sns.{REGION}.amazonaws.com", "GET", "/?Action=ListTopics"), "sns:ListTopics", ""),
    "another prefix": (ask(INTERNET, f"monitoring.{REGION}.amazonaws.com", body=b"Action=PutMetricData"),
                       "cloudwatch:PutMetricData", ""),
    "an object": (ask(INTERNET, f"b.{S3}", "GET", "/a%20b"), "s3:GetObject", "arn:aws:s3:::b/a b"),
    "an object by path": (ask(INTERNET, S3, "PUT", "/b/k"), "s3:PutObject", "arn:aws:s3:::b/k"),
    "a listing": (ask(INTERNET, f"b.{S3}", "GET", "/?list-type=2&prefix="), "s3:ListBucket", "arn:aws:s3:::b"),
    "buckets": (ask(INTERNET, S3, "GET"), "s3:ListAllMyBuckets", ""),
    "a subresource": (ask(INTERNET, f"b.{S3}", "GET", "/k?tagging"), "s3:GetObjectTagging", "arn:aws:s3:::b/k"),
    "an API's stages": (ask(INTERNET, f"apigateway.{REGION}.amazonaws.com", "PATCH", "/restapis/Api/stages/live?x=y"),
                        "apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/restapis/Api/stages/live"),
    "an HTTP API": (ask(INTERNET, f"apigateway.{REGION}.amazonaws.com", "GET", "/v2/apis/Web"),
                    "apigateway:GET", f"arn:aws:apigateway:{REGION}::/apis/Web"),
    "records of a zone": (ask(INTERNET, "route53.amazonaws.com", "POST", "/2013-04-01/hostedzone/Z1/rrset/"),
                          "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1"),
    "a Profile": (ask(INTERNET, "route53profiles.us-east-1.amazonaws.com", "GET", "/profile/rp-1"),
                  "route53profiles:GetProfile", ""),
    "hosted zones": (ask(INTERNET, "route53.amazonaws.com", "GET", "/2013-04-01/hostedzone"), "route53:ListHostedZones", ""),
    "a change of records": (ask(INTERNET, "route53.amazonaws.com", "GET", "/2013-04-01/change/C1"),
                            "route53:GetChange", "arn:aws:route53:::change/C1"),
    "rest": (ask(INTERNET, f"xray.{REGION}.amazonaws.com", "GET", "/GroupsList"), "", ""),
    "schedules": (ask(INTERNET, f"scheduler.{REGION}.amazonaws.com", "GET", "/schedules"), "scheduler:ListSchedules", ""),
    "pipes": (ask(INTERNET, f"pipes.{REGION}.amazonaws.com", "GET", "/v1/pipes"), "pipes:ListPipes", ""),
    "settings of mail": (ask(INTERNET, f"email.{REGION}.amazonaws.com", "GET", "/v2/email/account"), "ses:GetAccount", ""),
    "things": (ask(INTERNET, f"iot.{REGION}.amazonaws.com", "GET", "/things"), "iot:ListThings", ""),
    "workspaces": (ask(INTERNET, f"aps.{REGION}.amazonaws.com", "GET", "/workspaces"), "aps:ListWorkspaces", ""),
    "an unknown service": (ask(INTERNET, f"nothing.{REGION}.amazonaws.com", "GET", "/x"), "", ""),
    "cbor": (ask(INTERNET, f"monitoring.{REGION}.amazonaws.com", target="/service/GraniteServiceVersion20100801/operation/PutMetricData"),
             "cloudwatch:PutMetricData", ""),
    "the address of another S3": (ask(INTERNET, f"1.s3-control.{REGION}.amazonaws.com", "GET", "/v20180820/bucket/b"), "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "action", "resource"), ACTIONS.values(), ids=ACTIONS)
def test_what_a_request_asks_for(request_, action, resource):
    found = asked(route(CLOUD, request_), request_, ACCOUNT)
    assert [(one.action, one.resource) for one in found if one.action] == ([(action, resource)] if action else [])


BUCKET, OBJECT = "arn:aws:s3:::b", "arn:aws:s3:::b/d/k"
DELETED = b"<Delete><Object><Key>d/k</Key></Object><Object><Key>a&amp;b</Key><VersionId>1</VersionId></Object></Delete>"
OPERATIONS_OF_S3 = {
    "GET /b?location": {"GetBucketLocation": BUCKET},
    "PUT /b?policy": {"PutBucketPolicy": BUCKET},
    "DELETE /b?lifecycle": {"PutLifecycleConfiguration": BUCKET},
    "GET /b?encryption": {"GetEncryptionConfiguration": BUCKET},
    "GET /b?inventory": {"GetInventoryConfiguration": BUCKET},
    "GET /b?analytics&id=1": {"GetAnalyticsConfiguration": BUCKET},
    "GET /b?publicAccessBlock": {"GetBucketPublicAccessBlock": BUCKET},
    "GET /b?versions": {"ListBucketVersions": BUCKET},
    "GET /b?uploads": {"ListBucketMultipartUploads": BUCKET},
    "HEAD /b": {"ListBucket": BUCKET},
    "PUT /b": {"CreateBucket": BUCKET},
    "POST /b?delete": {"DeleteObject": OBJECT, "DeleteObjectVersion": f"{BUCKET}/a&b"},
    "HEAD /b/d/k": {"GetObject": OBJECT},
    "GET /b/d/k?versionId=1": {"GetObjectVersion": OBJECT},
    "GET /b/d/k?tagging&versionId=1": {"GetObjectVersionTagging": OBJECT},
    "GET /b/d/k?x-id=GetObject&partNumber=1": {"GetObject": OBJECT},
    "GET /b/d/k?uploadId=1": {"ListMultipartUploadParts": OBJECT},
    "PUT /b/d/k?tagging": {"PutObjectTagging": OBJECT},
    "PUT /b/d/k?uploadId=1&partNumber=1": {"PutObject": OBJECT},
    "POST /b/d/k?uploads": {"PutObject": OBJECT},
    "POST /b/d/k?uploadId=1": {"PutObject": OBJECT},
    "DELETE /b/d/k": {"DeleteObject": OBJECT},
    "DELETE /b/d/k?versionId=1": {"DeleteObjectVersion": OBJECT},
    "DELETE /b/d/k?uploadId=1": {"AbortMultipartUpload": OBJECT},
}


@pytest.mark.parametrize(("line", "actions"), OPERATIONS_OF_S3.items(), ids=OPERATIONS_OF_S3)
def test_the_operation_of_a_request_to_s3(line, actions):
    request = ask(INTERNET, S3, *line.split(" "), body=DELETED)
    found = asked(route(CLOUD, request), request, ACCOUNT)
    assert {one.action.removeprefix("s3:"): one.resource for one in found} == actions


@pytest.mark.parametrize("query", ["", "?uploadId=1&partNumber=1"])
def test_a_copy_reads_its_source(query):
    for source, action in (("/other/a%20b", "GetObject"), ("other/a%20b?versionId=1", "GetObjectVersion")):
        request = ask(INTERNET, S3, "PUT", f"/b/d/k{query}", x_amz_copy_source=source)
        found = [(one.action, one.resource) for one in asked(route(CLOUD, request), request, ACCOUNT)]
        assert found == [("s3:PutObject", OBJECT), (f"s3:{action}", "arn:aws:s3:::other/a b")]


GET = ask(SSM_ENDPOINT, SSM, body=b'{"Name": "/a/b"}', x_amz_target="AmazonSSM.GetParameter")
ARN = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"
DOCUMENTS = {
    "all": ([allow("*")], None),
    "the action": ([allow(["ssm:Get*"])], None),
    "another action": ([allow("ssm:PutParameter")], "because no VPC endpoint policy allows the ssm:GetParameter action"),
    "the resource": ([allow("*", f"{ARN}/a/*")], None),
    "another resource": ([allow("*", f"{ARN}/b/*")], "because no VPC endpoint policy allows"),
    "a denial": ([allow("*"), allow("ssm:GetParameter") | {"Effect": "Deny"}], "with an explicit deny in a VPC endpoint policy"),
    "its vpc": ([allow("*", Condition={"StringEquals": {"aws:SourceVpc": "Vpc"}})], None),
    "its address": ([allow("*", Condition={"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}})], None),
    "another address": ([allow("*", Condition={"IpAddress": {"aws:VpcSourceIp": "10.0.2.0/24"}})], "because no"),
    "a public address": ([allow("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.1.9"}})], "because no"),
    "a caller that is not emulated": ([allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], None),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "why"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_policy_at_an_endpoint(statements, why):
    cloud = with_policy("SsmEndpoint", *statements)
    response = refusal(cloud, route(cloud, GET), GET)
    assert (response is None) == (why is None)
    if response:
        assert response.status == 400
        assert why in response.body.decode()


def test_no_policy_and_an_unknown_one_let_through():
    assert refusal(CLOUD, route(CLOUD, GET), GET) is None
    endpoint = replace(CLOUD.network.vpc_endpoints["SsmEndpoint"], policy_document=Unknown("a parameter"))
    cloud = CLOUD.having(vpc_endpoints={"SsmEndpoint": endpoint})
    assert refusal(cloud, route(cloud, GET), GET) is None


def test_the_internet_door_knows_no_endpoint_policy():
    cloud = with_policy("SsmEndpoint", allow("ssm:PutParameter"))
    request = replace(GET, connection=replace(GET.connection, door=Door(DoorKind.INTERNET)))
    assert refusal(cloud, route(cloud, request), request) is None


@pytest.mark.packets
def test_boto3_sees_access_denied(services, through, monkeypatch):
    cloud = (with_policy("SsmEndpoint", allow("ssm:DescribeParameters"))).having(vpc_endpoints={
            **with_policy("SsmEndpoint", allow("ssm:DescribeParameters")).network.vpc_endpoints,
            "S3Endpoint": VpcEndpoint(
                "S3Endpoint", "Vpc", f"com.amazonaws.{REGION}.s3", "s3", EndpointType.GATEWAY,
                policy_document={"Statement": [allow("s3:GetObject", "arn:aws:s3:::mine/*")]},
            ),
        },
    )  # fmt: skip
    monkeypatch.setattr(services, "front", Front(cloud, services.authority, services.backends))
    monkeypatch.setattr(services, "ports", {})
    ssm = through("ssm", SSM_ENDPOINT)
    assert ssm.describe_parameters()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError, match=r"AccessDeniedException.*ssm:GetParameter"):
        ssm.get_parameter(Name="/demo/greeting")
    with pytest.raises(ClientError, match=r"AccessDenied.*s3:ListBucket"):
        through("s3", S3_GATEWAY).list_objects_v2(Bucket="mine")
