"""What stands before the services: signatures by boto3's own signer, and policies by their documents."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.iam.role_sessions import caller_of
from netful.fabric.doors.door import Door, DoorKind
from netful.gateway.calls.signature import access_key_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.function import Code, Function, Role
from netful.model.identity import ec2_id, id_of
from netful.model.names.generated.secret_names import with_suffix
from netful.services.front.front import Front
from netful.services.front.guard import Guard
from netful.services.front.routing import route
from netful.services.front.signature import Signer, fault, signature_of
from netful.services.http.message import ClientConnection, Request, Response
from tests.helpers.examples import examples
from tests.helpers.services_bench import ACCOUNT, CLOUD, INTERNET, LOCAL, REGION, SSM_ENDPOINT

KEYS = Credentials("ASIA0123456789ABCDEF", "secret", "token")
FOREIGN = Credentials("AKIAIOSFODNN7EXAMPLE", "other")
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/Role"
ARN = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"


def signed(service, method, path, body=b"", headers=None, *, keys=KEYS, door=INTERNET, auth=None, host=None):
    """A request as botocore signs it."""
    host = host or f"{service}.{REGION}.amazonaws.com"
    asked = AWSRequest(method, f"https://{host}{path}", dict(headers or {}), body)
    signer = auth or (S3SigV4Auth if service == "s3" else SigV4Auth)
    signer(keys, service, REGION).add_auth(asked)
    prepared = asked.prepare()
    target = prepared.url.partition(host)[2]
    given = tuple(
        (name, value if isinstance(value, str) else value.decode()) for name, value in prepared.headers.items()
    )
    connection = ClientConnection(door, ("10.0.1.9", 1), ("10.0.1.5", 443), tls=True)
    return Request(method, target, (("Host", host), *given), body, connection)


def ssm(action="GetParameter", body=b'{"Name": "/a/b"}', **more):
    return signed(
        "ssm",
        "POST",
        "/",
        body,
        {"X-Amz-Target": f"AmazonSSM.{action}", "Content-Type": "application/x-amz-json-1.1"},
        **more,
    )


def check(request, secret="secret", now=None):
    signer = Signer(caller_of(Cloud(), function()), secret, "token")
    return fault(signature_of(request), signer, request, now or datetime.now(UTC))


paths = st.text("abcXYZ089 -_.~+=:@!$&'()*,;ü/%", max_size=12)
queries = st.lists(
    st.tuples(st.text("ab +/=&ü~*", min_size=1, max_size=4), st.text("ab +/=&ü~*", max_size=4)), max_size=3
)


@examples(200)
@given(
    path=paths,
    query=queries,
    body=st.binary(max_size=10),
    method=st.sampled_from(["GET", "PUT", "POST"]),
    service=st.sampled_from(["s3", "lambda"]),
)
def test_signatures_are_computed_as_botocore_does(path, query, body, method, service):
    from urllib.parse import quote, urlencode

    target = "/" + quote(path, safe="/-_.~").lstrip("/") + ("?" + urlencode(query, quote_via=quote) if query else "")
    request = signed(service, method, target, body, {"X-Amz-Meta-A": "  two   words "})
    assert check(request) is None
    assert check(replace(request, method="DELETE")) == "mismatch"
    assert check(request, secret="another") == "mismatch"


@pytest.mark.parametrize("query", ["?a=%FF&b=%fe", "?b=2&a=1&a=0", "?a", "?a=b=c&", "?%C3%BC=~", "?a=%2B%20"])
def test_queries_that_clients_write_otherwise(query):
    """botocore signs a query as it stands; these are its canonical texts in another spelling and order."""
    canonical = {"?a=%FF&b=%fe": "?a=%FF&b=%FE", "?a": "?a=", "?a=b=c&": "?a=b%3Dc", "?b=2&a=1&a=0": "?a=0&a=1&b=2"}
    request = signed("lambda", "GET", "/" + canonical.get(query, query))
    assert check(replace(request, target="/" + query)) is None


@pytest.mark.parametrize(
    "marker", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]
)
def test_payloads_that_are_signed_elsewhere(marker):
    request = signed("execute-api", "PUT", "/k", b"body", {"X-Amz-Content-SHA256": marker})
    assert check(request) is None
    assert check(replace(request, body=b"another")) is None


def test_hash_of_another_body():
    request = signed("execute-api", "PUT", "/k", b"body", {"X-Amz-Content-SHA256": hashlib.sha256(b"body").hexdigest()})
    assert check(request) is None
    assert check(replace(request, body=b"another")) == "mismatch"


PRESIGNED = {
    "X-Amz-Credential": f"{KEYS.access_key}/20260101/{REGION}/s3/aws4_request",
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Expires": "60",
    "X-Amz-Security-Token": "token",
    "X-Amz-Signature": "0" * 64,
    "X-Amz-SignedHeaders": "host",
}
HEADER = f"AWS4-HMAC-SHA256 Credential={PRESIGNED['X-Amz-Credential']}, SignedHeaders=host, Signature={'0' * 64}"
odd = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20)
odd_texts = st.sampled_from(["²", "9" * 5_000, "604801", "99991231T235959Z", "00010101T000000Z", "é", ""]) | odd


@given(
    st.dictionaries(st.sampled_from(sorted(PRESIGNED)), odd_texts, max_size=3),
    st.sets(st.sampled_from(sorted(PRESIGNED)), max_size=1),
    odd,
)
def test_any_presigned_query_is_judged(changed, missing, more):
    query = {name: value for name, value in (PRESIGNED | changed).items() if name not in missing}
    _judge(f"/b/k?{urlencode(query)}&{more}", ())
    _judge(f"/b/k?{more}X-Amz-Signature={more}", ())


@given(st.sampled_from([HEADER, HEADER.replace("host", "host;é")]) | odd_texts, odd_texts, odd_texts, odd_texts)
def test_any_authorization_header_is_judged(authorization, date, token, payload):
    _judge(
        "/b/k",
        (
            ("Authorization", authorization),
            ("X-Amz-Date", date),
            ("X-Amz-Security-Token", token),
            ("x-amz-content-sha256", payload),
        ),
    )


def _judge(target, headers):
    """Whatever a request declares, it is let through or refused with a status of AWS's."""
    host = f"s3.{REGION}.amazonaws.com"
    request = Request(
        "GET", target, (("Host", host), *headers), b"", ClientConnection(INTERNET, ("10.0.1.9", 1), ("10.0.1.5", 443))
    )
    found = answer(guard(allow()), request)
    assert found is None or found[0] in {400, 403}
    assert access_key_of(request) is not None


def test_a_presigned_url():
    request = signed("s3", "GET", "/a%20b/c", auth=lambda *a: S3SigV4QueryAuth(*a, expires=60))
    assert check(request) is None
    assert check(replace(request, target=request.target.replace("/a", "/b"))) == "mismatch"
    assert check(request, now=datetime.now(UTC) + timedelta(seconds=70)) == "presigned expired"


@pytest.mark.parametrize("host", [f"s3.{REGION}.amazonaws.com", "orders.s3.amazonaws.com"])
def test_a_url_presigned_by_the_second_version(host):
    asked = AWSRequest("PUT", f"https://{host}/a%20b/c?tagging&other=1", {"Content-Type": "a/b"}, auth_path=None)
    if host.startswith("orders"):
        asked.auth_path = "/orders/a%20b/c"
    HmacV1QueryAuth(KEYS, expires=60).add_auth(asked)
    target = asked.url.partition(host)[2]
    connection = ClientConnection(INTERNET, ("10.0.1.9", 1), ("10.0.1.5", 443))
    request = Request("PUT", target, (("Host", host), ("Content-Type", "a/b")), b"", connection)
    assert check(request) is None
    assert check(replace(request, target=target.replace("/a", "/b"))) == "mismatch"
    assert check(replace(request, headers=(("Host", host), ("Content-Type", "c/d")))) == "mismatch"
    assert check(request, now=datetime.now(UTC) + timedelta(seconds=70)) == "presigned expired"


def test_times_and_bodies():
    request = ssm()
    assert check(request) is None
    assert check(replace(request, body=b"{}")) == "mismatch"
    assert check(request, now=datetime.now(UTC) + timedelta(minutes=6)) == "expired"
    assert check(request, now=datetime.now(UTC) - timedelta(minutes=6)) == "not yet"
    assert check(ssm(keys=Credentials(KEYS.access_key, KEYS.secret_key, "another"))) == "token"


def function(role="Role"):
    return Function("Fn", "fn", Code(inline="x"), role=role)


def guard(*statements, managed=(), resources=(), endpoint=None):
    role = Role("Role", "Role", tuple(statements), tuple(managed))
    endpoints = {**CLOUD.network.vpc_endpoints}
    if endpoint is not None:
        document = {"Statement": endpoint}
        endpoints["SsmEndpoint"] = replace(endpoints["SsmEndpoint"], policy_document=document)
    found = {r.id: r for r in resources}
    cloud = CLOUD.having(roles={"Role": role}, functions={"Fn": function()}, vpc_endpoints=endpoints, resources=found)
    signer = Signer(caller_of(cloud, function()), "secret", "token")
    return cloud, Guard(cloud, {KEYS.access_key: signer})


def answer(judged, request):
    cloud, judge = judged
    response = judge.refusal(route(cloud, request), request)
    return None if response is None else (response.status, response.body.decode())


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return allow(action, resource, **more) | {"Effect": "Deny"}


def resource(type_, **properties):
    return Resource("R", type_, properties)


BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
OTHER = "arn:aws:iam::aws:policy/SomethingElse"
NOT_ALLOWED = "because no identity-based policy allows the ssm:GetParameter action"
IDENTITIES = {
    "allowed": (guard(allow("ssm:Get*", f"{ARN}/a/*")), None),
    "another resource": (guard(allow("ssm:Get*", f"{ARN}/b/*")), NOT_ALLOWED),
    "another action": (guard(allow("sqs:*")), NOT_ALLOWED),
    "denied": (guard(allow(), deny("ssm:*")), "with an explicit deny in an identity-based policy"),
    "only what every function has": (guard(managed=(BASIC,)), NOT_ALLOWED),
    "a policy whose text is not known": (guard(managed=(BASIC, OTHER)), None),
    "its denials are known all the same": (guard(deny("ssm:*"), managed=(OTHER,)), "with an explicit deny in an identity"),
    "no policies at all": (guard(), None),
    "not by this way": (guard(allow(Condition={"StringEquals": {"aws:SourceVpce": "SsmEndpoint"}})), NOT_ALLOWED),
    "until a day of 2001": (guard(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2001-01-01"}})), NOT_ALLOWED),
    "from a day of 2001 on": (guard(allow(Condition={"DateGreaterThan": {"aws:CurrentTime": "2001-01-01"}})), None),
    "from a second of 2001 on": (guard(allow(Condition={"NumericGreaterThan": {"aws:EpochTime": 978307200}})), None),
    "only encrypted": (guard(allow(Condition={"Bool": {"aws:SecureTransport": "true"}})), None),
}  # fmt: skip


@pytest.mark.parametrize(("judged", "why"), IDENTITIES.values(), ids=IDENTITIES)
def test_the_role_of_a_function(judged, why):
    found = answer(judged, ssm())
    assert (found is None) == (why is None), found
    if why:
        user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Role/fn is not authorized to perform: ssm:GetParameter"
        assert found[0] == 400
        assert user in found[1]
        assert why in found[1]


def json_request(service, target, content):
    return signed(service, "POST", "/", json.dumps(content).encode(), {"X-Amz-Target": target})


def dynamodb(operation, **content):
    return json_request("dynamodb", f"DynamoDB_20120810.{operation}", content)


def form(service, **members):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return signed(service, "POST", "/", urlencode(members).encode(), headers)


PLACE = f"{REGION}:{ACCOUNT}"
TABLE, BUS = f"arn:aws:dynamodb:{PLACE}:table/t", f"arn:aws:events:{PLACE}:event-bus"
TOPIC, KEY = f"arn:aws:sns:{PLACE}:t", f"arn:aws:kms:{PLACE}:key/1-2"
ALIAS = Resource("Alias", "AWS::KMS::Alias", {"AliasName": "alias/x", "TargetKeyId": KEY})
PARAMETERS, ON_TABLE = [allow("ssm:*", f"{ARN}/a/*")], [allow("dynamodb:*", TABLE)]
WRITES = [allow(["dynamodb:PutItem", "dynamodb:ConditionCheckItem"], TABLE)]
READ_BY_STATEMENT = [allow("dynamodb:PartiQLSelect", TABLE)]
MEMBERS = {
    "parameters": (PARAMETERS, lambda: ssm("GetParameters", b'{"Names": ["/a/x", "/a/y"]}'), True),
    "parameters, one of them elsewhere": (PARAMETERS, lambda: ssm("GetParameters", b'{"Names": ["/a/x", "/b/x"]}'), False),
    "below a path": (PARAMETERS, lambda: ssm("GetParametersByPath", b'{"Path": "/a/b"}'), True),
    "below another path": (PARAMETERS, lambda: ssm("GetParametersByPath", b'{"Path": "/b"}'), False),
    "a query": (ON_TABLE, lambda: dynamodb("Query", TableName="t"), True),
    "a query of an index": (ON_TABLE, lambda: dynamodb("Query", TableName="t", IndexName="i"), False),
    "a scan of an index by the table's ARN": (ON_TABLE, lambda: dynamodb("Scan", TableName=TABLE, IndexName="i"), False),
    "an index that is allowed": ([allow("dynamodb:*", f"{TABLE}/index/*")], lambda: dynamodb("Scan", TableName="t", IndexName="i"), True),
    "a batch": (ON_TABLE, lambda: dynamodb("BatchGetItem", RequestItems={"t": {}}), True),
    "a batch of two tables": (ON_TABLE, lambda: dynamodb("BatchWriteItem", RequestItems={"t": [], "other": []}), False),
    "a transaction": (WRITES, lambda: dynamodb("TransactWriteItems", TransactItems=[{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "t"}}]), True),
    "a transaction with another action": (WRITES, lambda: dynamodb("TransactWriteItems", TransactItems=[{"Put": {"TableName": "t"}}, {"Delete": {"TableName": "t"}}]), False),
    "a transaction in another table": (ON_TABLE, lambda: dynamodb("TransactGetItems", TransactItems=[{"Get": {"TableName": "other"}}]), False),
    "a statement": (READ_BY_STATEMENT, lambda: dynamodb("ExecuteStatement", Statement='SELECT * FROM "t" WHERE a=1'), True),
    "a statement about an index": (READ_BY_STATEMENT, lambda: dynamodb("ExecuteStatement", Statement='SELECT a FROM "t"."i"'), False),
    "statements": (READ_BY_STATEMENT, lambda: dynamodb("BatchExecuteStatement", Statements=[{"Statement": "select * from t"}, {"Statement": 'DELETE FROM "t" WHERE a=1'}]), False),
    "no members": (ON_TABLE, lambda: dynamodb("TransactWriteItems", TransactItems=["x"]), True),
    "events": ([allow("events:*", f"{BUS}/a")], lambda: json_request("events", "AWSEvents.PutEvents", {"Entries": [{"EventBusName": "a"}]}), True),
    "events of two buses": ([allow("events:*", f"{BUS}/a")], lambda: json_request("events", "AWSEvents.PutEvents", {"Entries": [{"EventBusName": "a"}, {"EventBusName": "b"}]}), False),
    "events of the default bus": ([allow("events:*", f"{BUS}/a")], lambda: json_request("events", "AWSEvents.PutEvents", {"Entries": [{}]}), False),
    "the default bus": ([allow("events:*", f"{BUS}/default")], lambda: json_request("events", "AWSEvents.PutEvents", {"Entries": [{}]}), True),
    "a topic": ([allow("sns:Publish", TOPIC)], lambda: form("sns", Action="Publish", TopicArn=TOPIC), True),
    "a telephone": ([allow("sns:Publish", TOPIC)], lambda: form("sns", Action="Publish", PhoneNumber="+15550100"), False),
    "any telephone": ([allow("sns:Publish")], lambda: form("sns", Action="Publish", PhoneNumber="+15550100"), True),
    "a key by its alias": ([allow("kms:*", KEY)], lambda: json_request("kms", "TrentService.Encrypt", {"KeyId": "alias/x"}), True),
    "another key by its alias": ([allow("kms:*", f"{KEY}3")], lambda: json_request("kms", "TrentService.Encrypt", {"KeyId": f"arn:aws:kms:{PLACE}:alias/x"}), False),
    "an alias that no source has": ([allow("kms:*", KEY)], lambda: json_request("kms", "TrentService.Encrypt", {"KeyId": "alias/y"}), True),
    "two keys": ([allow("kms:ReEncryptTo", KEY)], lambda: json_request("kms", "TrentService.ReEncrypt", {"DestinationKeyId": KEY}), False),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "request_", "allowed"), MEMBERS.values(), ids=MEMBERS)
def test_every_resource_that_a_request_names_must_be_allowed(statements, request_, allowed):
    assert (answer(guard(*statements, resources=[ALIAS]), request_()) is None) == allowed


def test_a_service_with_rest_addresses_denies_in_its_form():
    status, body = answer(guard(allow("logs:*")), signed("scheduler", "GET", "/schedules"))
    assert (status, json.loads(body)["__type"]) == (403, "AccessDeniedException")
    assert answer(guard(allow("scheduler:List*")), signed("scheduler", "GET", "/schedules")) is None


@pytest.mark.parametrize(
    ("host", "allowed"),
    [(f"ssm.{REGION}.amazonaws.com", True), ("ssm.us-west-2.amazonaws.com", False), ("iam.amazonaws.com", False)],
)
def test_the_region_of_a_request_is_that_of_its_host(host, allowed):
    judged = guard(allow(), deny(Condition={"StringNotEquals": {"aws:RequestedRegion": REGION}}))
    assert (answer(judged, signed("ssm", "GET", "/?Action=ListRoles", host=host)) is None) == allowed


def test_the_identity_of_a_caller_is_no_secret():
    judged = guard(allow("logs:*"), deny("sts:*"))
    assert answer(judged, form("sts", Action="GetCallerIdentity")) is None
    assert answer(judged, form("sts", Action="GetSessionToken"))[0] == 403


def test_the_policy_of_a_key_counts_for_its_alias():
    key = Resource(
        "Key", "AWS::KMS::Key", {"KeyPolicy": {"Statement": [allow("kms:*", Principal={"AWS": ROLE_ARN + "2"})]}}
    )
    alias = Resource("Alias", "AWS::KMS::Alias", {"AliasName": "alias/x", "TargetKeyId": "Key"})
    request = json_request("kms", "TrentService.Encrypt", {"KeyId": "alias/x"})
    assert "no resource-based policy allows" in answer(guard(allow(), resources=[key, alias]), request)[1]


SEND = (
    b'{"QueueUrl": "https://sqs/1/q", "MessageBody": "x"}',
    {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"},
)


def encrypted(type_, ref, **properties):
    key = Resource(
        "Key", "AWS::KMS::Key", {"KeyPolicy": {"Statement": [allow("kms:*", Principal={"AWS": ACCOUNT})]}}, ref="1-2"
    )
    return [key, Resource("R", type_, properties, ref=ref)]


DEFAULT = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"KMSMasterKeyID": KEY}}]}
FILES, SECRET = (
    encrypted("AWS::S3::Bucket", "b", BucketEncryption=DEFAULT),
    f"arn:aws:secretsmanager:{PLACE}:secret:s-abcdef",
)
ENCRYPTED = {
    "a secret": (encrypted("AWS::SecretsManager::Secret", SECRET, KmsKeyId="1-2"),
                 lambda: json_request("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": SECRET}), "Decrypt"),
    "a queue": (encrypted("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q", KmsMasterKeyId=KEY),
                lambda: signed("sqs", "POST", "/", *SEND), "GenerateDataKey"),
    "another queue": (encrypted("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/r", KmsMasterKeyId=KEY),
                      lambda: signed("sqs", "POST", "/", *SEND), ""),
    "a topic": (encrypted("AWS::SNS::Topic", TOPIC, KmsMasterKeyId=KEY), lambda: form("sns", Action="Publish", TopicArn=TOPIC), "GenerateDataKey"),
    "a new object": (FILES, lambda: signed("s3", "PUT", "/b/k"), "GenerateDataKey"),
    "a new object with another key": (FILES, lambda: signed("s3", "PUT", "/b/k", headers={"x-amz-server-side-encryption": "AES256"}), ""),
    "an object": (FILES, lambda: signed("s3", "GET", "/b/k"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "request_", "needed"), ENCRYPTED.values(), ids=ENCRYPTED)
def test_the_key_of_an_encrypted_resource_is_used_with_the_role(resources, request_, needed):
    own = allow(["s3:*", "sqs:*", "sns:*", "secretsmanager:*"])
    found = answer(guard(own, resources=resources), request_())
    assert (found is not None and f"kms:{needed}" in found[1]) == bool(needed), found
    via = {"StringLike": {"kms:ViaService": f"*.{REGION}.amazonaws.com"}}
    assert answer(guard(own, allow("kms:*", KEY, Condition=via), resources=resources), request_()) is None


def invocation(name, qualifier=""):
    query = f"?Qualifier={qualifier}" if qualifier else ""
    return signed("lambda", "POST", f"/2015-03-31/functions/{name}/invocations{query}", b"{}")


FN = f"arn:aws:lambda:{PLACE}:function:fn"
INVOCATIONS = [("fn", ""), ("fn", "%24LATEST"), ("fn", "live"), ("fn:live", ""), (f"{FN}:live", "")]


@pytest.mark.parametrize(
    ("arn", "admitted"),
    [
        (FN, [True, True, False, False, False]),
        (f"{FN}:live", [False, False, True, True, True]),
        (f"{FN}:*", [False, True, True, True, True]),
        (f"{FN}*", [True] * 5),
    ],
)
def test_a_version_or_an_alias_of_a_function_is_a_resource_of_its_own(arn, admitted):
    invoke = allow("lambda:InvokeFunction", arn)
    assert [answer(guard(invoke), invocation(*one)) is None for one in INVOCATIONS] == admitted
    if not arn.endswith("*"):
        given = {"FunctionName": arn, "Action": "lambda:InvokeFunction", "Principal": ROLE_ARN}
        judged = guard(allow("logs:*"), resources=[resource("AWS::Lambda::Permission", **given)])
        assert [answer(judged, invocation(*one)) is None for one in INVOCATIONS] == admitted


@pytest.mark.parametrize(
    ("more", "admitted"),
    [
        ({}, True),
        ({"Principal": "arn:aws:iam::1:role/Role"}, False),
        ({"Principal": ACCOUNT}, False),
        ({"Principal": "sns.amazonaws.com"}, False),
        ({"Principal": "*", "SourceArn": "arn:aws:sns:eu-west-1:1:t"}, False),
        ({"Action": "lambda:GetFunction"}, False),
        ({"FunctionUrlAuthType": "AWS_IAM"}, False),
        ({"Qualifier": "live"}, False),
        ({"Principal": Unknown("a parameter")}, True),
    ],
)
def test_the_policy_of_a_function_admits_a_role(more, admitted):
    given = {"FunctionName": "Fn", "Action": "lambda:InvokeFunction", "Principal": ROLE_ARN, **more}
    judged = guard(allow("logs:*"), resources=[resource("AWS::Lambda::Permission", **given)])
    assert (answer(judged, invocation("fn")) is None) == admitted


def test_the_endpoint_narrows_what_the_role_allows():
    judged = guard(allow(), endpoint=[allow("ssm:PutParameter", Principal="*")])
    assert answer(judged, ssm()) is None
    assert "no VPC endpoint policy allows" in answer(judged, ssm(door=SSM_ENDPOINT))[1]
    mine = guard(allow(), endpoint=[allow(Principal={"AWS": ROLE_ARN})])
    assert answer(mine, ssm(door=SSM_ENDPOINT)) is None
    others = guard(allow(), endpoint=[allow(Principal={"AWS": ROLE_ARN + "2"})])
    assert "no VPC endpoint policy allows" in answer(others, ssm(door=SSM_ENDPOINT))[1]


S3_DOOR = Door(DoorKind.GATEWAY_ENDPOINT, "Vpc", "S3Endpoint")
ONLY_BY_ENDPOINT = resource("AWS::S3::BucketPolicy", Bucket="b", PolicyDocument={"Statement": [
    deny("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": ec2_id("vpce", "111122223333", "eu-west-1", "S3Endpoint")}}),
]})  # fmt: skip
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"


def test_a_bucket_that_is_open_to_one_endpoint_alone():
    judged = guard(allow(), resources=[ONLY_BY_ENDPOINT])
    assert answer(judged, signed("s3", "GET", "/b/k", door=S3_DOOR)) is None
    for request in (
        signed("s3", "GET", "/b/k"),
        signed("s3", "GET", "/b/k", keys=FOREIGN),
        signed("s3", "GET", "/b?list-type=2"),
    ):
        status, body = answer(judged, request)
        assert status == 403
        assert "<Code>AccessDenied</Code>" in body
        assert "explicit deny in a resource-based policy" in body
    assert answer(judged, signed("s3", "GET", "/another/k")) is None
    assert answer(judged, signed("s3", "GET", "/b/k", keys=FOREIGN, door=LOCAL)) is None


@pytest.mark.parametrize(("door", "denied"), [(LOCAL, False), (INTERNET, True)])
def test_a_bucket_that_wants_tls_is_open_at_the_local_endpoint(door, denied):
    document = {"Statement": [deny("s3:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})]}
    judged = guard(allow(), resources=[resource("AWS::S3::BucketPolicy", Bucket="b", PolicyDocument=document)])
    request = signed("s3", "GET", "/b/k", door=door)
    plain = replace(request, connection=replace(request.connection, tls=False))
    assert (answer(judged, plain) is not None) == denied


@pytest.mark.parametrize(
    ("statements", "method", "path", "error", "status"),
    [
        ([allow("s3:GetObject")], "GET", "/b/k", b"NoSuchKey", 403),
        ([allow("s3:GetObject")], "HEAD", "/b/k", b"", 403),
        ([allow("s3:GetObject"), allow("s3:ListBucket", "arn:aws:s3:::b")], "GET", "/b/k", b"NoSuchKey", 404),
        ([allow("s3:GetObject")], "GET", "/another/k", b"NoSuchBucket", 404),
        ([allow("s3:PutObject")], "PUT", "/b/k", b"NoSuchUpload", 404),
    ],
)
def test_a_missing_object_is_reported_to_those_who_may_list_the_bucket(statements, method, path, error, status):
    cloud, judge = guard(*statements)
    request = signed("s3", method, path)
    caller, missing = judge.signer_of(request), Response(404, body=error)
    assert judge.hidden(route(cloud, request), request, caller, missing).status == status


@pytest.mark.parametrize(
    ("readable", "read"),
    [(["secret:a-*", "secret:b-*"], ["a", "b"]), (["secret:a-*"], ["a"]), (["secret:c-*"], [])],
)
def test_each_of_several_secrets_needs_a_permission_of_its_own(readable, read):
    place = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:"
    statements = [allow("secretsmanager:GetSecretValue", place + one) for one in readable]
    cloud, judge = guard(allow("secretsmanager:BatchGetSecretValue"), *statements)
    headers = {"X-Amz-Target": "secretsmanager.BatchGetSecretValue", "Content-Type": "application/x-amz-json-1.1"}
    request = signed("secretsmanager", "POST", "/", b'{"SecretIdList": ["a", "b"]}', headers)
    assert judge.refusal(route(cloud, request), request) is None
    values = [{"ARN": f"{place}secret:{name}-AbCdEf", "Name": name, "SecretString": "s"} for name in "ab"]
    whole = Response(200, body=json.dumps({"SecretValues": values, "Errors": [], "NextToken": None}).encode())
    found = json.loads(judge.hidden(route(cloud, request), request, judge.signer_of(request), whole).body)
    assert [one["Name"] for one in found["SecretValues"]] == read
    assert [one["ErrorCode"] for one in found["Errors"]] == ["AccessDeniedException"] * (2 - len(read))
    assert all("secretsmanager:GetSecretValue on resource" in one["Message"] for one in found["Errors"])


def test_a_resource_may_allow_what_the_role_does_not():
    def policy(principal):
        document = {"Statement": [allow("sqs:SendMessage", QUEUE, Principal=principal)]}
        return resource(
            "AWS::SQS::QueuePolicy", Queues=[f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q"], PolicyDocument=document
        )

    send = signed("sqs", "POST", "/", *SEND)
    for principal in ("*", {"AWS": ROLE_ARN}, {"AWS": [ROLE_ARN]}):
        assert answer(guard(allow("ssm:*"), resources=[policy(principal)]), send) is None
    for principal in (
        {"AWS": ACCOUNT},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": "arn:aws:iam::1:root"},
        {"Service": "sns.amazonaws.com"},
    ):
        status, body = answer(guard(allow("ssm:*"), resources=[policy(principal)]), send)
        assert status == 403
        assert "AccessDenied" in body
        assert "not authorized to perform: sqs:sendmessage" in body


def test_a_key_that_does_not_leave_it_to_the_account():
    def key(principal):
        return resource("AWS::KMS::Key", KeyPolicy={"Statement": [allow("kms:*", Principal=principal)]})

    key_id = str(id_of("AWS::KMS::Key", ACCOUNT, REGION, "R", {}.get)).encode()
    request = signed("kms", "POST", "/", b'{"KeyId": "%s"}' % key_id, {"X-Amz-Target": "TrentService.Decrypt"})
    assert answer(guard(allow(), resources=[key({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})]), request) is None
    assert (
        "no resource-based policy allows"
        in answer(guard(allow(), resources=[key({"AWS": ROLE_ARN + "2"})]), request)[1]
    )


def test_a_secret_by_its_name():
    request = signed(
        "secretsmanager", "POST", "/", b'{"SecretId": "s/x"}', {"X-Amz-Target": "secretsmanager.GetSecretValue"}
    )
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:s/x"
    own = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{with_suffix('s/x', ACCOUNT, REGION)}"
    for pattern in (own, f"{arn}-*", f"{arn}-??????"):
        assert answer(guard(allow("secretsmanager:*", pattern)), request) is None
    for pattern in (arn, f"{arn}y", f"{arn}-?????"):
        assert answer(guard(allow("secretsmanager:*", pattern)), request)


UNKNOWN_KEY = Credentials("ASIAFFFFFFFFFFFFFFFF", "secret", "token")
LATE = "20200101T000000Z"
# Signed in the test: a signature is good for five minutes.
BAD = {
    "json": (lambda: ssm(keys=Credentials(KEYS.access_key, "x", "token")), 400, "InvalidSignatureException", "does not match"),
    "query": (lambda: signed("sns", "POST", "/", b"Action=ListTopics", {"Content-Type": "application/x-www-form-urlencoded"},
                     keys=Credentials(KEYS.access_key, "x", "token")), 403, "SignatureDoesNotMatch", "does not match"),
    "s3": (lambda: signed("s3", "GET", "/b", keys=Credentials(KEYS.access_key, "x", "token")), 403, "SignatureDoesNotMatch", "key and signing"),
    "a token that is not its own": (lambda: ssm(keys=Credentials(KEYS.access_key, "secret", "x")), 400, "UnrecognizedClientException", "invalid"),
    "a key that nobody has any more": (lambda: ssm(keys=UNKNOWN_KEY), 400, "UnrecognizedClientException", "security token"),
    "the same at sns": (lambda: signed("sns", "POST", "/", b"Action=ListTopics", keys=UNKNOWN_KEY), 403, "InvalidClientTokenId", ""),
    "the same at s3": (lambda: signed("s3", "GET", "/b", keys=UNKNOWN_KEY), 400, "InvalidToken", "malformed"),
}  # fmt: skip


def test_the_data_api_reads_the_secret_with_the_callers_permission():
    cluster, secret = (
        f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:c",
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:s-abcdef",
    )
    body = json.dumps({"resourceArn": cluster, "secretArn": secret, "sql": "select 1"}).encode()
    request = signed("rds-data", "POST", "/Execute", body, {"Content-Type": "application/json"})
    execute, read = allow("rds-data:ExecuteStatement", cluster), allow("secretsmanager:GetSecretValue", secret)
    assert answer(guard(execute, read), request) is None
    status, text = answer(guard(execute), request)
    assert (status, json.loads(text)["__type"]) == (403, "AccessDeniedException")
    assert f"secretsmanager:GetSecretValue on resource: {secret}" in text
    assert "rds-data:ExecuteStatement" in answer(guard(allow("rds-data:*", f"{cluster}2"), read), request)[1]


@pytest.mark.parametrize(("made", "status", "code", "words"), BAD.values(), ids=BAD)
def test_a_signature_that_is_not_right(made, status, code, words):
    found = answer(guard(allow()), made())
    assert found[0] == status
    assert code in found[1]
    assert words in found[1]


def _authorized(request, change):
    headers = tuple((n, change(v) if n == "Authorization" else v) for n, v in request.headers)
    return replace(request, headers=headers)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text.replace("SignedHeaders=", "Signed="),
        lambda text: text.replace("aws4_request", "aws3_request"),
        lambda text: f"{text}, Signature=",
    ],
)
def test_a_signature_of_an_own_key_that_cannot_be_read_is_refused(change):
    found = answer(guard(allow()), _authorized(ssm(), change))
    assert found[0] == 400
    assert "IncompleteSignatureException" in found[1]


def test_the_parts_of_a_signature_have_any_order():
    def turned(text):
        algorithm, _, parts = text.partition(" ")
        return f"{algorithm} " + ",".join(reversed(parts.split(", ")))

    assert check(_authorized(ssm(), turned)) is None


def test_an_old_signature():
    request = ssm()
    headers = tuple((n, LATE if n == "X-Amz-Date" else v) for n, v in request.headers)
    found = answer(guard(allow()), replace(request, headers=headers))
    assert found[0] == 400
    assert f"Signature expired: {LATE} is now earlier than" in found[1]


@pytest.mark.packets
def test_the_first_caller_that_comes_later_is_judged(services):
    cloud, _ = guard(allow("s3:GetObject"))
    signers = {}
    front = Front(cloud, services.authority, services.backends, signers=signers)
    signers[KEYS.access_key] = Signer(caller_of(cloud, function()), "secret", "token")
    assert b"AccessDeniedException" in services.run(front.handle(ssm())).body


@pytest.mark.packets
def test_boto3_with_a_functions_keys(services, through, monkeypatch):
    cloud, _ = guard(allow("ssm:GetParameter", f"{ARN}/demo/*"))
    signers = {KEYS.access_key: Signer(caller_of(cloud, function()), "secret", "token")}
    front = Front(cloud, services.authority, services.backends, signers=signers)
    monkeypatch.setattr(services, "front", front)
    monkeypatch.setattr(services, "ports", {})
    keys = {"aws_access_key_id": KEYS.access_key, "aws_session_token": "token"}
    client = through("ssm", SSM_ENDPOINT, **keys)
    assert client.get_parameter(Name="/demo/greeting")["Parameter"]["Value"] == "hello"
    with pytest.raises(ClientError, match=r"AccessDeniedException.*assumed-role/Role/fn.*ssm:PutParameter"):
        client.put_parameter(Name="/demo/x", Value="1", Type="String")
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        through("ssm", SSM_ENDPOINT, **keys, aws_secret_access_key="wrong").get_parameter(Name="/demo/greeting")
    s3 = through("s3", INTERNET, **keys)
    with pytest.raises(ClientError, match=r"AccessDenied.*s3:PutObject"):
        s3.put_object(Bucket="b", Key="k", Body=b"x" * 100)
    assert through("sts", INTERNET, **keys).get_caller_identity()["Account"] == ACCOUNT
