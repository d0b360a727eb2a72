import json

import boto3

pictures = boto3.client("s3")
secrets = boto3.client("secretsmanager")
PARTNER = json.loads(secrets.get_secret_value(SecretId="shop/partner")["SecretString"])


def handler(event, context):
    pictures.put_object(Bucket=event["bucket"], Key=f"{PARTNER['name']}/{event['ware']}.json", Body=json.dumps(event))
    return event["ware"]
