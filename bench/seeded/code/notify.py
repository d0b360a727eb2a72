import os

import boto3

topic = boto3.client("sns")


def handler(event, context):
    for record in event["Records"]:
        topic.publish(TopicArn=os.environ["TOPIC"], Message=record["body"])
