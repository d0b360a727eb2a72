"""External extensions written in Python, and functions that have them."""

import asyncio
from dataclasses import replace
from pathlib import Path

from netful.model.core import Origin, Resource
from tests.helpers.lambda_bench import VERSION, function_of

# An extension in Python: it registers, then prints each event, and does what the test adds to it.
EXTENSION = """#!/var/lang/bin/python{version}
import json, os, sys, time, urllib.request
base = f"http://{{os.environ['AWS_LAMBDA_RUNTIME_API']}}/2020-01-01/extension"
def call(path, body=None, **headers):
    headers = {{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(base + path, data=body and json.dumps(body).encode(), headers=headers)
    return urllib.request.urlopen(request)
name = os.path.basename(__file__)
{before}
answer = call("/register", {{"events": {events}}}, Lambda_Extension_Name=name, Lambda_Extension_Accept_Feature="accountId")
mine = {{"Lambda_Extension_Identifier": answer.headers["Lambda-Extension-Identifier"]}}
print("registered", answer.read().decode(), flush=True)
{registered}
while True:
    event = json.load(call("/event/next", **mine))
    print("event", json.dumps(event), flush=True)
    {each}
    if event["eventType"] == "SHUTDOWN":
        print("bye", event["shutdownReason"], flush=True)
        sys.exit()
"""
HANDLER = "print('runtime starts', flush=True)\ndef handler(event, context):\n    print('handling', flush=True)\n    {then}\n    return event\n"


def extension(before="", events='["INVOKE", "SHUTDOWN"]', registered="", each="pass"):
    version = VERSION
    return EXTENSION.format(version=version, before=before, events=events, registered=registered, each=each)


def with_extensions(tmp_path: Path, handler: str, **programs: str):
    """A function whose layer has these programs in its `extensions`, and the template's layer."""
    folder = tmp_path / "layer" / "extensions"
    folder.mkdir(parents=True)
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    origin = Origin(str(tmp_path / "template.yaml"), 1)
    layer = Resource("Layer", "AWS::Lambda::LayerVersion", {"Content": "layer"}, origin=origin)
    return replace(function_of(handler), layers=("Layer",)), {"Layer": layer}


async def idle(service):
    """Wait until no environment is busy."""
    while any(one.busy for one in service.environments("Fn")):  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0.02)
