"""Calls Lambda from this machine by boto3, as a program of yours would: `python3 host.py WHAT`."""

import json
import subprocess
import sys
import time
import urllib.request

import boto3

status = json.loads(subprocess.run(["netful", "status", "--format", "json"], capture_output=True, check=True).stdout)
url = status["endpoint_url"]  # what `netful up` prints as AWS_ENDPOINT_URL


def client(service):
    return boto3.client(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
    )


functions = client("lambda")


def invoke():
    answer = functions.invoke(FunctionName="greet:live", Payload=b'{"name": "boto3"}')
    print(answer["ExecutedVersion"], answer["Payload"].read().decode())


def version():
    functions.update_function_configuration(FunctionName="greet", Environment={"Variables": {"GREETING": "good day"}})
    functions.get_waiter("function_updated_v2").wait(FunctionName="greet")
    number = functions.publish_version(FunctionName="greet")["Version"]
    functions.update_alias(FunctionName="greet", Name="live", FunctionVersion=number)
    invoke()


def queue():
    sqs = client("sqs")
    orders = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=orders, MessageBody="tea")
    mapping = functions.list_event_source_mappings(FunctionName="pack")["EventSourceMappings"][0]
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    while any(int(n) for n in sqs.get_queue_attributes(QueueUrl=orders, AttributeNames=counts)["Attributes"].values()):
        time.sleep(0.1)  # until the function has had the message
    print(mapping["State"], mapping["BatchSize"])


def later():
    functions.invoke(FunctionName="pack", InvocationType="Event", Payload=b"{}")
    sqs = client("sqs")
    done = sqs.get_queue_url(QueueName="done")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=done, WaitTimeSeconds=20)["Messages"]
    record = json.loads(message["Body"])
    print(record["requestContext"]["condition"], record["responsePayload"])


def throttle():
    functions.put_function_concurrency(FunctionName="faults", ReservedConcurrentExecutions=0)
    try:
        functions.invoke(FunctionName="faults", Payload=b"{}")
    except functions.exceptions.TooManyRequestsException as refused:
        print(refused.response["Error"]["Code"], refused.response["Reason"])
    functions.delete_function_concurrency(FunctionName="faults")


def called():
    host = functions.get_function_url_config(FunctionName="greet", Qualifier="live")["FunctionUrl"].split("/")[2]
    request = urllib.request.Request(url, headers={"Host": host})
    print(urllib.request.urlopen(request).read().decode())


def interfaces():
    kinds = [{"Name": "description", "Values": ["AWS Lambda VPC ENI*"]}]
    found = client("ec2").describe_network_interfaces(Filters=kinds)["NetworkInterfaces"]
    for eni in sorted(found, key=lambda eni: eni["PrivateIpAddress"]):
        print(eni["PrivateIpAddress"], eni["InterfaceType"], eni["Status"], eni["Description"].partition("-")[0])


globals()[sys.argv[1]]()
