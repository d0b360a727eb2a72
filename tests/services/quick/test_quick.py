"""Quick answers against moto's own, for drawn requests on the same state: same status, body and headers, or none at all."""

import json
import re
from functools import cache
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher
from netful.services.quick.calls import quick_answer
from netful.services.quick.place import backend
from tests.helpers.examples import examples

REGION = "eu-west-1"
SIGNED = ("Authorization", f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/{REGION}/x/aws4_request")
TABLES = {"Plain": {"id": "S"}, "Ranged": {"id": "S", "at": "N"}, "Indexed": {"id": "S"}}
BUCKETS = ("plain", "versioned", "encrypted", "judged")
DENY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}

numbers = count(1)


def post(service, target, content, version="1.0"):
    headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target), SIGNED)
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return FrameCall(next(numbers), f"{service}.{REGION}.amazonaws.com", "POST", "/", headers, body)


def ssm(action, **content):
    return post("ssm", f"AmazonSSM.{action}", content, "1.1")


def dynamodb(action, **content):
    return post("dynamodb", f"DynamoDB_20120810.{action}", content)


def s3(method, bucket, target="/", headers=(), body=b"", *, by_path=False, signed=True):
    host, target = (f"s3.{REGION}", f"/{bucket}{target}") if by_path else (f"{bucket}.s3.{REGION}", target)
    more = (SIGNED,) if signed else ()
    return FrameCall(next(numbers), f"{host}.amazonaws.com", method, target, (*headers, *more), body)


@cache
def prepared():
    """Return a dispatcher whose state has something of everything. moto's state is the process's, whose tests may be of other modules."""
    dispatcher = Dispatcher()
    for call in preparations():
        answer = dispatcher.answer(call)
        assert answer.status < 300, answer.body
    return dispatcher


@pytest.fixture(scope="module")
def moto():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "444455556666")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        backend.cache_clear()  # other tests of the process have another account
        yield prepared()
    backend.cache_clear()


def preparations():
    for name, kind in {"/a/b": "String", "/single": "String", "bare": "StringList", "/s": "SecureString"}.items():
        for value in ("1", "a,b"):
            yield ssm("PutParameter", Name=name, Value=value, Type=kind, Overwrite=True)
    yield ssm("PutParameter", Name="/t", Value="x", Type="String", Tier="Advanced", Description="d")
    for table, keys in TABLES.items():
        kinds = {"HASH": "id", **({"RANGE": "at"} if "at" in keys else {})}
        schema = [{"AttributeName": name, "KeyType": kind} for kind, name in kinds.items()]
        defined = [{"AttributeName": name, "AttributeType": kind} for name, kind in keys.items()]
        more = {}
        if table == "Indexed":
            defined.append({"AttributeName": "by", "AttributeType": "S"})
            index = {"KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
            more = {"GlobalSecondaryIndexes": [{"IndexName": "ByKey", **index}]}
        yield dynamodb(
            "CreateTable", TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=schema, AttributeDefinitions=defined, **more
        )  # fmt: skip
    where = f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    for bucket in BUCKETS:
        yield s3("PUT", bucket, "/", body=where.encode())
    on = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    yield s3("PUT", "versioned", "/?versioning", body=on)
    rule = (
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
    )
    sse = f"<ServerSideEncryptionConfiguration><Rule>{rule}</Rule></ServerSideEncryptionConfiguration>"
    yield s3("PUT", "encrypted", "/?encryption", body=sse.encode())
    yield s3("PUT", "judged", "/?policy", body=json.dumps(DENY).encode())
    yield s3("PUT", "plain", "/tagged", headers=(("x-amz-tagging", "a=b"), ("x-amz-meta-Who", "me")), body=b"t")
    yield s3("PUT", "plain", "/cold", headers=(("x-amz-storage-class", "GLACIER"),), body=b"c")
    yield s3("PUT", "plain", "/p", body=b"body")
    yield s3("PUT", "plain", "/gone", body=b"g")
    yield s3("DELETE", "plain", "/gone")
    yield s3("PUT", "versioned", "/gone", body=b"g")
    yield s3("DELETE", "versioned", "/gone")


# What differs between two answers to the same call, whoever gives them.
_REQUEST_ID = re.compile(rb"<RequestId>[\w-]+</RequestId>")
_VARYING = {"date", "x-amzn-requestid", "last-modified", "x-amz-version-id", "x-amz-crc32"}


def seen(answer):
    """An answer as a client sees it, without what no two answers share."""
    headers = {name.lower(): value for name, value in answer.headers}
    kept = {name: value if name not in _VARYING else "" for name, value in headers.items()}
    json_body = "json" in headers.get("content-type", "")
    body = json.loads(answer.body) if json_body else _REQUEST_ID.sub(b"", answer.body)
    return answer.status, kept, body


def check_read(moto, call):
    quick = quick_answer(call)
    if quick is not None:
        assert seen(quick) == seen(moto.answer_by_moto(call))
    return quick


def check_write(moto, write, *reads):
    """Written by either, the same is told and the same is there after."""
    quick = quick_answer(write)
    if quick is not None:
        after = [seen(moto.answer_by_moto(read)) for read in reads]
        assert seen(quick) == seen(moto.answer_by_moto(write))
        assert after == [seen(moto.answer_by_moto(read)) for read in reads]
        for read in reads:
            check_read(moto, read)
    return quick


names = st.sampled_from(["/a/b", "/single", "single", "bare", "/bare", "/s", "/t", "/none", "", "/a/b:1", "/a/b:9",
                         f"arn:aws:ssm:{REGION}:444455556666:parameter/a/b", "/aws/service/global-infrastructure/regions", 7])  # fmt: skip
texts = st.text(max_size=6)
plain = st.one_of(
    st.builds(lambda v: {"S": v}, texts),
    st.builds(lambda v: {"N": v}, st.sampled_from(["0", "1", "-1.50", "1e3", "007"])),
    st.builds(lambda v: {"BOOL": v}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda v: {"SS": v}, st.lists(texts, min_size=1, max_size=3)),
    st.just({"NS": ["1", "2.0"]}),
)
odd = st.sampled_from([
    {"B": "AAEC"}, {"BS": ["AA=="]}, {"S": 1}, {"N": 1}, {}, {"S": "a", "N": "1"}, {"X": "a"}, {"NULL": False},
    {"SS": []}, {"NS": []}, {"N": "x"}, {"N": ""}, {"N": " 1"}, {"N": "9" * 40},
])  # fmt: skip
scalars = st.integers(0, 9).flatmap(lambda n: plain if n else odd)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(lambda v: {"L": v}, st.lists(inner, max_size=3)),
        st.builds(lambda v: {"M": v}, st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    ),
    max_leaves=5,
)
keys = st.sampled_from(
    [{"S": "1"}, {"S": "2"}, {"S": "3"}, {"S": "ü"}, {"S": ""}, {"N": "1"}, {"NULL": True}, {"S": "x" * 3000}]
)
times = st.sampled_from([{"N": "1"}, {"N": "3"}, {"N": "-4"}, {"N": "1.0"}, {"N": "2"}, {"S": "1"}, {"N": ""}])


@st.composite
def items(draw):
    table = draw(st.sampled_from([*TABLES, "None"]))
    item = draw(st.dictionaries(st.sampled_from(["a", "b", "ü", "size"]), values, max_size=3))
    if draw(st.integers(0, 9)):
        item["id"] = draw(keys)
    if table == "Ranged" or not draw(st.integers(0, 9)):
        item["at"] = draw(times)
    if draw(st.booleans()):
        item["by"] = draw(keys)
    return table, item


@examples(120)
@given(
    name=names, decrypt=st.sampled_from([None, True, False, "yes"]), more=st.sampled_from([{}, {}, {}, {"Extra": 1}])
)
def test_parameters(moto, name, decrypt, more):
    check_read(
        moto, ssm("GetParameter", Name=name, **({"WithDecryption": decrypt} if decrypt is not None else {}), **more)
    )


@examples(300)
@given(
    drawn=items(), more=st.sampled_from([{}, {}, {}, {"ReturnValues": "ALL_OLD"}, {"ReturnConsumedCapacity": "TOTAL"}])
)
def test_items(moto, drawn, more):
    table, item = drawn
    key = {name: item.get(name, {"S": "1"}) for name in TABLES.get(table, {"id": "S"})}
    read = dynamodb("GetItem", TableName=table, Key=key)
    check_write(moto, dynamodb("PutItem", TableName=table, Item=item, **more), read, dynamodb("Scan", TableName=table))
    for members in ({"ConsistentRead": True}, {"ProjectionExpression": "a"}, {"Key": item}, {"Key": {}}):
        check_read(moto, dynamodb("GetItem", **{"TableName": table, "Key": key} | members))


put_headers = st.lists(
    st.sampled_from([
        ("Content-Type", "text/plain"), ("Content-MD5", "x"), ("x-amz-meta-Name", "ä"), ("x-amz-meta-b", "2"),
        ("Cache-Control", "no-store"), ("Content-Encoding", "aws-chunked,gzip"), ("x-amz-acl", "public-read"),
        ("x-amz-sdk-checksum-algorithm", "CRC32"), ("x-amz-checksum-crc32", "AAAAAA=="), ("If-None-Match", "*"),
        ("x-amz-storage-class", "STANDARD_IA"), ("x-amz-tagging", "a=b"), ("Expect", "100-continue"),
        ("x-amz-server-side-encryption", "AES256"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("User-Agent", "Boto3/1.40"), ("x-unheard-of", "1"), ("Origin", "https://example.com"),
    ]), max_size=4, unique_by=lambda header: header[0],
)  # fmt: skip
get_headers = st.lists(
    st.sampled_from([
        ("x-amz-checksum-mode", "ENABLED"), ("Range", "bytes=0-1"), ("If-Match", "x"), ("Accept", "*/*"), ("Accept", "a/b"),
    ]), max_size=2, unique_by=lambda header: header[0],
)  # fmt: skip
places = st.tuples(
    st.sampled_from([*BUCKETS, "none"]),
    st.sampled_from(
        ["/k", "/a%20b/%C3%BC", "/a+b", "/a//b", "//a", "/", "/tagged", "/cold", "/gone", "/k?versionId=null"]
    ),
    st.booleans(),
    st.sampled_from([True, True, True, False]),
)


@examples(300)
@given(
    place=places,
    put=put_headers,
    get=get_headers,
    body=st.binary(max_size=40),
    asks=st.sampled_from(["", "?x-id=GetObject", "?acl"]),
)
def test_objects(moto, place, put, get, body, asks):
    bucket, target, by_path, signed = place
    how = {"by_path": by_path, "signed": signed}
    reads = [s3("GET", bucket, target, headers=tuple(get), **how), s3("HEAD", bucket, target, **how)]
    check_write(moto, s3("PUT", bucket, target, tuple(put), body, **how), *reads)
    check_read(moto, s3("GET", bucket, target + asks, **how))


PLAIN = {
    "a parameter": ssm("GetParameter", Name="/a/b"),
    "a secret parameter": ssm("GetParameter", Name="/s", WithDecryption=True),
    "an item put": dynamodb("PutItem", TableName="Plain", Item={"id": {"S": "p"}, "m": {"M": {"l": {"L": [{"N": "1"}]}}}}),
    "an item got": dynamodb("GetItem", TableName="Plain", Key={"id": {"S": "p"}}),
    "an object put": s3("PUT", "plain", "/p", (("Content-Type", "a/b"), ("Expect", "100-continue")), b"body"),
    "an object put with a checksum": s3("PUT", "plain", "/p", (
        ("x-amz-sdk-checksum-algorithm", "CRC32"), ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-meta-a", "1")), b"body"),
    "an object got": s3("GET", "plain", "/p", (("x-amz-checksum-mode", "ENABLED"), ("User-Agent", "Boto3"))),
    "an object of a versioned bucket": s3("PUT", "versioned", "/p", (), b"body", by_path=True),
}  # fmt: skip


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("call", PLAIN.values(), ids=PLAIN)
def test_what_functions_ask_most_is_answered_quickly(call):
    assert quick_answer(call).status == 200


@pytest.mark.usefixtures("moto")
def test_bytes_that_are_no_request_are_left_to_moto():
    assert quick_answer(post("ssm", "AmazonSSM.GetParameter", b"\xff{", "1.1")) is None
    assert quick_answer(post("sqs", "AmazonSQS.ListQueues", {})) is None
