"""Connection to the database, as the secret names it. It is made once for each environment of a function."""

import json
import os
import ssl
from functools import cache

import boto3
import pg8000.dbapi


@cache
def connection():
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    secret = json.loads(answer["SecretString"])
    return pg8000.dbapi.connect(
        host=secret["host"],
        port=secret["port"],
        user=secret["username"],
        password=secret["password"],
        database=secret["dbname"],
        ssl_context=ssl.create_default_context(),
        timeout=3,
    )
