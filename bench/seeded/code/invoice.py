import base64
import json

import boto3

keys = boto3.client("kms")


def handler(event, context):
    invoice = json.dumps({"order": event["order"], "total": sum(event["prices"])})
    signature = keys.sign(KeyId="alias/invoices", Message=invoice.encode(), SigningAlgorithm="ECDSA_SHA_256")
    return {"invoice": invoice, "signature": base64.b64encode(signature["Signature"]).decode()}
