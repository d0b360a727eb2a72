import boto3

# NF602 + from botocore.config import Config
client = boto3.client("lambda")  # NF602 → client = boto3.client("lambda", config=Config(tcp_keepalive=True))


def handler(event, context):
    answer = client.invoke(FunctionName="yearly-report", Payload=b"{}")
    return answer["StatusCode"]
