import json
import os
import urllib.request


def handler(event, context):
    with urllib.request.urlopen(os.environ["ADMIN"], timeout=5) as answer:
        return [line for line in json.load(answer) if line["level"] == "warning"]
