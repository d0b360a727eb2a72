import boto3

mail = boto3.client("ses")


def handler(event, context):
    for reader in event["readers"]:
        if reader["wants"] == "news":
            mail.send_email(
                Source="shop@example.com", Destination={"ToAddresses": [reader["mail"]]}, Message=event["news"]
            )
