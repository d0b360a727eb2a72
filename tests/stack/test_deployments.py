"""An empty account that boto3 deploys to: the network of a stack is real, and is gone with it."""

import io
import json
import os
import signal
import zipfile

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.helpers.accounts_running import Account
from tests.helpers.processes import daemon_of, wait_until

pytestmark = pytest.mark.packets
CODE = """
import json, os, urllib.request

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"vpc": os.environ["VPC"], "word": os.environ["WORD"]})}

def made(event, context):
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "made", "Data": {"Word": event["ResourceProperties"]["Word"] + "!"}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    request.add_header("content-type", "")
    urllib.request.urlopen(request)
"""
TEMPLATE = """
Parameters: {Word: {Type: String, Default: hello}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: all
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: com.amazonaws.us-east-1.execute-api
      PrivateDnsEnabled: true
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref Group]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: code, S3Key: some/key}
      Environment: {Variables: {VPC: !Ref Vpc, WORD: !GetAtt Made.Word}}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
  Maker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.made
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: code, S3Key: some/key}
  Made: {Type: "Custom::Word", Properties: {ServiceToken: !GetAtt Maker.Arn, Word: !Ref Word}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: private
      EndpointConfiguration: {Types: [PRIVATE], VpcEndpointIds: [!Ref Endpoint]}
      Policy:
        Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations"
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Method, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod, DeploymentId: !Ref Deployment}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Hello, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
Outputs:
  Url: {Value: !Sub "https://${Api}.execute-api.us-east-1.amazonaws.com/prod"}
  VpcId: {Value: !Ref Vpc}
  Group: {Value: !Ref Group}
"""


TOOLS = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
  Widen:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          def handler(event, context):
              event["fragment"]["Resources"]["Vpc"]["Properties"]["CidrBlock"] = event["params"]["Block"]
              return {"requestId": event["requestId"], "status": "success", "fragment": event["fragment"]}
  Wide: {Type: AWS::CloudFormation::Macro, Properties: {Name: Wide, FunctionName: !GetAtt Widen.Arn}}
  Asked:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import json, urllib.request
          def handler(event, context):
              asked = json.loads(event["Records"][0]["Sns"]["Message"])
              answer = {key: asked[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
              answer |= {"Status": "SUCCESS", "PhysicalResourceId": "made", "Data": {"By": "the topic"}}
              request = urllib.request.Request(asked["ResponseURL"], json.dumps(answer).encode(), method="PUT")
              request.add_header("content-type", "")
              urllib.request.urlopen(request)
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: asks}}
  Subscribed: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Asked.Arn}}
  May:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Asked, Action: "lambda:InvokeFunction", Principal: sns.amazonaws.com, SourceArn: !Ref Topic}
"""
USES = """
Transform: {Name: Wide, Parameters: {Block: 10.77.0.0/16}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Made: {Type: "Custom::Thing", Properties: {ServiceToken: !Sub "arn:aws:sns:us-east-1:${AWS::AccountId}:asks"}}
  Told: {Type: AWS::SSM::Parameter, Properties: {Name: told, Type: String, Value: !GetAtt Made.By}}
Outputs:
  Block: {Value: !GetAtt Vpc.CidrBlock}
  By: {Value: !GetAtt Made.By}
"""


READS = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole
        - arn:aws:iam::aws:policy/AmazonSQSFullAccess
  Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: read, ShardCount: 1}}
  Reader:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import boto3
          def handler(event, context):
              queue = boto3.client("sqs").get_queue_url(QueueName="seen")["QueueUrl"]
              for one in event["Records"]:
                  boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=one["kinesis"]["partitionKey"])
  Reads:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Reader, EventSourceArn: !GetAtt Stream.Arn, StartingPosition: TRIM_HORIZON}
"""


@pytest.fixture(scope="module")
def app(account):
    """A stack with a function in a VPC and a private API; its outputs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    s3, cloudformation = account.client("s3"), account.client("cloudformation")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="some/key", Body=packed.getvalue())
    cloudformation.create_stack(StackName="app", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="app")
    (stack,) = cloudformation.describe_stacks(StackName="app")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def test_macros_and_topics_of_a_stack_serve_the_others(account):
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName="tools", TemplateBody=TOOLS, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="tools")
    cloudformation.create_stack(StackName="uses", TemplateBody=USES, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName="uses")
    (stack,) = cloudformation.describe_stacks(StackName="uses")["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    assert outputs == {"Block": "10.77.0.0/16", "By": "the topic"}
    assert not [one for one in account.client("s3").list_buckets()["Buckets"] if "response" in one["Name"]]
    assert account.client("ssm").get_parameter(Name="told")["Parameter"]["Value"] == "the topic"
    refused = USES.replace("Told:", "Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt Made.By}}\n  Told:")
    refused = refused.replace("Name: told", "Name: other")
    cloudformation.create_stack(StackName="refused", TemplateBody=refused, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="refused")
    for name in ("refused", "uses", "tools"):
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)


def answered(account, app):
    """The answer of the private API to a client in the VPC."""
    done = account.netful("exec", "Hello", "--stack", "s", "--", "curl", "-sS", "--max-time", "10", app["Url"])
    return json.loads(done.stdout) if done.returncode == 0 else None


def test_a_stream_that_is_made_again_is_read_from_its_beginning(account):
    cloudformation, kinesis, sqs = (account.client(name) for name in ("cloudformation", "kinesis", "sqs"))
    seen = sqs.create_queue(QueueName="seen")["QueueUrl"]
    for key in ("first", "second"):
        cloudformation.create_stack(StackName="reads", TemplateBody=READS, Capabilities=["CAPABILITY_IAM"])
        cloudformation.get_waiter("stack_create_complete").wait(StackName="reads")
        kinesis.put_record(StreamName="read", Data=b"1", PartitionKey=key)
        (message,) = sqs.receive_message(QueueUrl=seen, WaitTimeSeconds=20)["Messages"]
        assert message["Body"] == key
        sqs.delete_message(QueueUrl=seen, ReceiptHandle=message["ReceiptHandle"])
        cloudformation.delete_stack(StackName="reads")
        cloudformation.get_waiter("stack_delete_complete").wait(StackName="reads")
    sqs.delete_queue(QueueUrl=seen)


def test_an_account_begins_with_a_default_vpc_alone(account):
    vpcs = account.client("ec2").describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    assert [one["CidrBlock"] for one in vpcs] == ["172.31.0.0/16"]
    assert account.client("cloudformation").describe_stacks()["Stacks"] == []


def test_the_private_api_calls_the_function_in_its_vpc(account, app):
    assert answered(account, app)["word"] == "hello!"
    ids = {one["VpcId"] for one in account.client("ec2").describe_vpcs()["Vpcs"]}
    assert app["VpcId"] in ids


def test_the_verbs_ask_the_account(account, app):
    shown = account.json("show", "--live", "--stack", "s")
    assert {one["cidr_blocks"][0] for one in shown["vpcs"]} == {"172.31.0.0/16", "10.0.0.0/16"}
    traced = account.json("trace", "Hello", app["Url"], "--live", "--stack", "s")
    probed = account.probe("Hello", app["Url"])
    assert (traced["verdict"], traced["kernel"][0]["attempt"]["verdict"]) == ("reachable", "reachable")
    assert probed["agree"]
    exported = account.netful("export", "--stack", "s", check=0).stdout
    assert "10.0.0.0/16" in exported
    assert "172.31.0.0/16" not in exported


def test_a_group_revoked_by_the_api_stops_packets(account, app):
    ec2 = account.client("ec2")
    (group,) = ec2.describe_security_groups(GroupIds=[app["Group"]])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=app["Group"], IpPermissions=group["IpPermissions"])
    assert answered(account, app) is None
    ec2.authorize_security_group_ingress(GroupId=app["Group"], IpPermissions=group["IpPermissions"])
    assert answered(account, app)["word"] == "hello!"


def test_an_update_changes_what_it_names_and_no_more(account, app):
    cloudformation = account.client("cloudformation")
    word = [{"ParameterKey": "Word", "ParameterValue": "bye"}]
    cloudformation.update_stack(
        StackName="app", UsePreviousTemplate=True, Parameters=word, Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName="app")
    assert answered(account, app)["word"] == "bye!"


def test_a_deployment_that_fails_leaves_the_application_as_it_was(account, app):
    cloudformation, before = account.client("cloudformation"), answered(account, app)
    broken = TEMPLATE.replace("CidrBlock: 10.0.1.0/24", "CidrBlock: 10.9.1.0/24")
    word = [{"ParameterKey": "Word", "UsePreviousValue": True}]
    cloudformation.update_stack(StackName="app", TemplateBody=broken, Parameters=word, Capabilities=["CAPABILITY_IAM"])
    (stack,) = cloudformation.describe_stacks(StackName="app")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert before is not None
    assert answered(account, app) == before


def test_a_bucket_with_an_object_is_not_deleted(account):
    cloudformation, s3 = account.client("cloudformation"), account.client("s3")
    cloudformation.create_stack(
        StackName="full",
        TemplateBody=json.dumps(
            {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}}}
        ),
    )
    s3.put_object(Bucket="full", Key="key", Body=b"1")
    cloudformation.delete_stack(StackName="full")
    assert cloudformation.describe_stacks(StackName="full")["Stacks"][0]["StackStatus"] == "DELETE_FAILED"
    s3.delete_object(Bucket="full", Key="key")
    cloudformation.delete_stack(StackName="full")
    with pytest.raises(ClientError, match="Stack with id full does not exist"):
        cloudformation.describe_stacks(StackName="full")


def test_deletion_leaves_the_account_as_it_was(account, app):
    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName="app")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="app")
    assert {one["CidrBlock"] for one in account.client("ec2").describe_vpcs()["Vpcs"]} == {"172.31.0.0/16"}
    assert account.client("lambda").list_functions()["Functions"] == []
    assert app["Url"]


def test_a_kept_account_outlives_the_kill_of_its_processes(tmp_path):
    made = Account(tmp_path / "state", tmp_path / "template.yaml")
    state = ("--state", str(tmp_path / "kept"))
    made.start(*state)
    try:
        cloudformation, ec2 = made.client("cloudformation"), made.client("ec2")
        vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}
        stack_id = cloudformation.create_stack(StackName="app", TemplateBody=json.dumps({"Resources": {"Vpc": vpc}}))[
            "StackId"
        ]
        ec2.create_vpc(CidrBlock="10.2.0.0/16")
        before = sorted((one["VpcId"], one["CidrBlock"]) for one in ec2.describe_vpcs()["Vpcs"])
        os.kill(daemon_of(tmp_path / "state"), signal.SIGKILL)
        wait_until(lambda: daemon_of(tmp_path / "state") is None, "the daemon does not end")
        made.start(*state)
        cloudformation, ec2 = made.client("cloudformation"), made.client("ec2")
        assert sorted((one["VpcId"], one["CidrBlock"]) for one in ec2.describe_vpcs()["Vpcs"]) == before
        (stack,) = cloudformation.describe_stacks(StackName="app")["Stacks"]
        assert (stack["StackId"], stack["StackStatus"]) == (stack_id, "CREATE_COMPLETE")
        cloudformation.delete_stack(StackName="app")
        assert len(ec2.describe_vpcs()["Vpcs"]) == 2
    finally:
        made.down()


@pytest.fixture
def fresh(tmp_path):
    """An account that no client has called."""
    made = Account(tmp_path / "state", tmp_path / "template.yaml")
    yield made.start()
    made.down()


def test_what_iam_refuses_fails_the_stack_before_any_call_of_iam(fresh):
    cloudformation = fresh.client("cloudformation")
    missing = "arn:aws:iam::aws:policy/service-role/NoSuchPolicy"
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "ManagedPolicyArns": [missing]}
    template = json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}})
    cloudformation.create_stack(StackName="refused", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    (stack,) = cloudformation.describe_stacks(StackName="refused")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="refused")["StackEvents"]
    (failed,) = [one for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
    assert (failed["LogicalResourceId"], missing in failed["ResourceStatusReason"]) == ("Role", True)


def test_the_log_of_a_custom_resource_outlives_the_deployment_that_it_failed(account):
    cloudformation, logs = account.client("cloudformation"), account.client("logs")
    answer = 'event["Records"][0]["Sns"]["Message"]'
    failing = TOOLS.replace(answer, answer.replace('event["Records"]', 'print("asked to fail") or event["Records"]'))
    failing = failing.replace('"SUCCESS"', '"FAILED"').replace("TopicName: asks", "TopicName: fails")
    made = 'Made: {Type: "Custom::Thing", DependsOn: [Subscribed, May], Properties: {ServiceToken: !Ref Topic}}'
    cloudformation.create_stack(StackName="fails", TemplateBody=f"{failing}  {made}\n", Capabilities=["CAPABILITY_IAM"])
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="fails")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/fails-Asked")["logGroups"]
    (group,) = [one["logGroupName"] for one in groups]
    assert logs.filter_log_events(logGroupName=group, filterPattern='"asked to fail"')["events"]
    cloudformation.delete_stack(StackName="fails")
