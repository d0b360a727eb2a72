"""An account with `--state` whose daemon is killed at any moment: every call that was answered is there after the next start."""

import io
import json
import random
import threading
import zipfile

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.helpers.accounts_running import ONCE, Account
from tests.helpers.processes import wait_until

pytestmark = pytest.mark.packets
SERVICES = ("ec2", "cloudformation", "lambda", "dynamodb", "s3", "apigateway", "iam")
KILLS = 5
ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture
def account(tmp_path):
    made = KeptAccount(tmp_path / "state", tmp_path / "template.yaml")
    made.begin()
    yield made
    made.down()


class KeptAccount(Account):
    """An account that keeps its state."""

    def begin(self):
        self.start("--state", str(self.template.parent / "kept"))
        self.call = {name: self.client(name, ONCE) for name in SERVICES}

    def kill_and_begin(self):
        self.kill()
        self.begin()


def zipped(value):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", f"def handler(event, context): return {value!r}\n")
    return packed.getvalue()


def function(name, value):
    return {
        "FunctionName": name, "Runtime": "python3.12", "Handler": "index.handler", "Role": ROLE,
        "Code": {"ZipFile": zipped(value)},
    }  # fmt: skip


def vpc_template(number):
    return {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": f"10.{number}.0.0/16"}}}


def blocks(account):
    return {one["CidrBlock"] for one in account.call["ec2"].describe_vpcs()["Vpcs"]}


def invoked(account, name, qualifier="$LATEST"):
    return json.loads(account.call["lambda"].invoke(FunctionName=name, Qualifier=qualifier)["Payload"].read())


# Each makes one thing by a number, and returns the check that it is there.


def make_vpc(call, number):
    id_ = call["ec2"].create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    return lambda account: (
        account.call["ec2"].describe_vpcs(VpcIds=[id_])["Vpcs"][0]["CidrBlock"] == f"10.{number}.0.0/16"
    )


def make_stack(call, number):
    body = json.dumps({"Resources": vpc_template(number)})
    id_ = call["cloudformation"].create_stack(StackName=f"stack-{number}", TemplateBody=body)["StackId"]

    def there(account):
        (stack,) = account.call["cloudformation"].describe_stacks(StackName=f"stack-{number}")["Stacks"]
        return (stack["StackId"], stack["StackStatus"]) == (id_, "CREATE_COMPLETE") and (
            f"10.{number}.0.0/16" in blocks(account)
        )

    return there


def make_function(call, number):
    sha = call["lambda"].create_function(**function(f"f-{number}", number))["CodeSha256"]

    def there(account):
        found = account.call["lambda"].get_function(FunctionName=f"f-{number}")["Configuration"]
        return found["CodeSha256"] == sha and invoked(account, f"f-{number}") == number

    return there


def make_alias(call, number):
    version = call["lambda"].publish_version(FunctionName="always", Description=str(number))["Version"]
    call["lambda"].create_alias(FunctionName="always", Name=f"a-{number}", FunctionVersion=version)
    return lambda account: invoked(account, "always", f"a-{number}") == "always"


def make_item(call, number):
    call["dynamodb"].put_item(TableName="table", Item={"id": {"N": str(number)}})
    return lambda account: (
        "Item" in account.call["dynamodb"].get_item(TableName="table", Key={"id": {"N": str(number)}})
    )


def make_object(call, number):
    call["s3"].put_object(Bucket="bucket", Key=str(number), Body=b"1")
    return lambda account: account.call["s3"].get_object(Bucket="bucket", Key=str(number))["Body"].read() == b"1"


def delete_vpc(call, number):
    id_ = call["ec2"].create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    call["ec2"].delete_vpc(VpcId=id_)
    return lambda account: f"10.{number}.0.0/16" not in blocks(account)


def change_function(call, number):
    sha = call["lambda"].update_function_code(FunctionName="changes", ZipFile=zipped(number))["CodeSha256"]
    version = call["lambda"].publish_version(FunctionName="changes")["Version"]

    def there(account):
        asked = {"FunctionName": "changes", "Qualifier": version}
        return account.call["lambda"].get_function_configuration(**asked)["CodeSha256"] == sha

    return there


MAKERS = (delete_vpc, change_function, make_vpc, make_stack, make_function, make_alias, make_item, make_object)


def calls_until_killed(account, begin, rng):
    """Make things until the daemon is killed, at a random call; return the checks of those that were answered."""
    checks, enough = [], threading.Event()
    wanted = rng.randint(2, len(MAKERS) + 2)

    def work():
        call = account.call
        try:
            for number in range(begin, begin + 20):
                checks.append(rng.choice(MAKERS)(call, number))
                if len(checks) == wanted:
                    enough.set()
        except (BotoCoreError, ClientError):
            enough.set()

    worker = threading.Thread(target=work)
    worker.start()
    enough.wait()
    account.kill()
    worker.join()
    return checks


def test_every_answered_call_is_there_after_kills_at_random_moments(account):
    account.call["s3"].create_bucket(Bucket="bucket")
    account.call["dynamodb"].create_table(
        TableName="table", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )  # fmt: skip
    for name in ("always", "changes"):
        account.call["lambda"].create_function(**function(name, name))
    seed = random.randrange(1 << 30)
    rng, checks = random.Random(seed), []
    for kill in range(KILLS):
        answered = calls_until_killed(account, 1 + 20 * kill, rng)
        checks += answered
        account.begin()
        due = checks if kill == KILLS - 1 else answered
        missing = [check.__qualname__ for check in due if not check(account)]
        assert not missing, (seed, kill)
        for stack in account.call["cloudformation"].describe_stacks()["Stacks"]:
            number = stack["StackName"].rpartition("-")[2]
            there = f"10.{number}.0.0/16" in blocks(account)
            assert (stack["StackStatus"], there) in {("CREATE_COMPLETE", True), ("ROLLBACK_COMPLETE", False)}, seed


def test_an_unfinished_deployment_is_rolled_back(account):
    resources = vpc_template(1) | {
        "Waits": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.12", "Handler": "index.handler", "Role": ROLE, "Timeout": 60,
                "Code": {"ZipFile": "import threading\ndef handler(event, context): threading.Event().wait()"},
            },
        },
        "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Waits", "Arn"]}}},
    }  # fmt: skip
    body = json.dumps({"Resources": resources})

    def deploy():
        with pytest.raises(BotoCoreError):
            account.client("cloudformation", ONCE).create_stack(StackName="app", TemplateBody=body)

    deploying = threading.Thread(target=deploy)
    deploying.start()
    wait_until(lambda: "10.1.0.0/16" in blocks(account))
    account.call["ec2"].create_vpc(CidrBlock="10.2.0.0/16")
    account.kill_and_begin()
    deploying.join()
    (stack,) = account.call["cloudformation"].describe_stacks(StackName="app")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert blocks(account) == {"172.31.0.0/16", "10.2.0.0/16"}
    assert account.call["lambda"].list_functions()["Functions"] == []


def test_a_stage_serves_what_was_deployed(account):
    api = account.call["apigateway"]
    made = api.create_rest_api(name="api")
    at = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    api.put_method(**at, authorizationType="NONE")
    api.put_integration(**at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    api.put_method_response(**at, statusCode="200")
    api.put_integration_response(**at, statusCode="200", responseTemplates={"application/json": "deployed"})
    api.create_deployment(restApiId=made["id"], stageName="prod")
    api.update_integration_response(
        **at, statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": "changed"}],
    )  # fmt: skip
    url = f"https://{made['id']}.execute-api.us-east-1.amazonaws.com/prod/"

    def answer():
        return account.netful("exec", "internet", "--stack", "s", "--", "curl", "-sS", "--max-time", "30", url).stdout

    assert answer() == "deployed"
    account.kill_and_begin()
    assert answer() == "deployed"
    api = account.call["apigateway"]
    assert api.get_integration_response(**at, statusCode="200")["responseTemplates"] == {"application/json": "changed"}
    api.create_deployment(restApiId=made["id"], stageName="prod")
    assert answer() == "changed"


def test_a_function_is_as_before(account):
    call = account.call["lambda"]
    queue = account.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    arn = call.create_function(**function("f", 1), Tags={"a": "b"}, MemorySize=256)["FunctionArn"]
    call.publish_version(FunctionName="f")
    call.update_function_code(FunctionName="f", ZipFile=zipped(2))
    call.publish_version(FunctionName="f", Description="second")
    call.create_alias(
        FunctionName="f", Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.0}}
    )
    call.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=1)
    call.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=7)
    call.update_function_configuration(FunctionName="f", Timeout=9, Environment={"Variables": {"KEY": "value"}})
    call.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="NONE")
    call.add_permission(
        FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
    )
    call.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=1)
    call.create_event_source_mapping(
        FunctionName="f", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:queue", Enabled=False
    )

    def described():
        call = account.call["lambda"]
        answers = [
            call.get_function(FunctionName="f"),
            call.list_versions_by_function(FunctionName="f"),
            call.list_aliases(FunctionName="f"),
            call.get_provisioned_concurrency_config(FunctionName="f", Qualifier="live"),
            call.get_function_url_config(FunctionName="f", Qualifier="live"),
            call.get_policy(FunctionName="f"),
            call.get_function_event_invoke_config(FunctionName="f"),
            call.list_event_source_mappings(FunctionName="f"),
            call.list_tags(Resource=arn),
        ]
        return [_lasting(one) for one in answers], [invoked(account, "f", name) for name in ("$LATEST", "1", "live")]

    wait_until(lambda: described()[0][3]["Status"] == "READY")
    before = described()
    account.kill_and_begin()
    wait_until(lambda: described()[0][3]["Status"] == "READY")
    assert described() == before
    assert account.client("sqs").get_queue_url(QueueName="queue")["QueueUrl"].endswith(queue.rpartition("/")[2])


def _lasting(answer):
    """Return an answer without what is new after each start: revisions and times."""
    if isinstance(answer, dict):
        new = {
            "ResponseMetadata",
            "RevisionId",
            "LastModified",
            "LastModifiedTime",
            "CreationTime",
            "StateTransitionReason",
        }
        return {key: _lasting(value) for key, value in answer.items() if key not in new}
    return [_lasting(one) for one in answer] if isinstance(answer, list) else answer


def test_a_call_that_cannot_be_kept_fails_and_changes_nothing(account):
    kept = account.template.parent / "kept/account"
    (kept / "account.json.new").mkdir()  # as little as on a full disk, nothing can be written there
    ec2, functions, stacks = (account.call[name] for name in ("ec2", "lambda", "cloudformation"))
    with pytest.raises(ClientError, match=r"the account cannot be kept in .*account"):
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
    with pytest.raises(ClientError, match="the account cannot be kept"):
        functions.create_function(**function("f", 1))
    with pytest.raises(ClientError, match="the account cannot be kept"):
        stacks.create_stack(StackName="app", TemplateBody=json.dumps({"Resources": vpc_template(2)}))
    with pytest.raises(ClientError, match="the account cannot be kept"):
        account.call["apigateway"].create_rest_api(name="api")
    assert account.call["apigateway"].get_rest_apis()["items"] == []
    assert blocks(account) == {"172.31.0.0/16"}
    assert functions.list_functions()["Functions"] == []

    (kept / "account.json.new").rmdir()
    functions.create_function(**function("f", 1))
    assert "could not be taken back" not in account.netful("status", "--stack", "s").stdout
    (kept / "functions").rename(kept / "moved")
    (kept / "functions").write_text("a file, not a folder")
    with pytest.raises(ClientError, match="the code of the function cannot be kept"):
        functions.update_function_code(FunctionName="f", ZipFile=zipped(2))
    assert invoked(account, "f") == 1
