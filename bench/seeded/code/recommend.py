import json
import os
import urllib.request


def handler(event, context):
    with urllib.request.urlopen(f"{os.environ['SHOP']}?q={event['ware']}", timeout=5) as answer:
        return json.load(answer)[:3]
