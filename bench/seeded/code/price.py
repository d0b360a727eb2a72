import json

import boto3

ssm = boto3.client("ssm")
# NF601 + RATES = ssm.get_parameter(Name="/shop/rates")


def handler(event, context):
    rates = ssm.get_parameter(Name="/shop/rates")  # NF601 → rates = RATES
    return json.loads(rates["Parameter"]["Value"])[event["currency"]] * event["price"]
