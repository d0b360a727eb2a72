"""Asks the AWS Parameters and Secrets extension, which keeps the parameter beside the runtime: no SDK, any language."""

import json
import os
import urllib.parse
import urllib.request

URL = "http://localhost:2773/systemsmanager/parameters/get?name=" + urllib.parse.quote(os.environ["PARAMETER"], safe="")
HEADERS = {"X-Aws-Parameters-Secrets-Token": os.environ["AWS_SESSION_TOKEN"]}


def handler(event, context):
    with urllib.request.urlopen(urllib.request.Request(URL, headers=HEADERS)) as response:
        return json.load(response)["Parameter"]["Value"]
