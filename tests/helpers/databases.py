"""Databases of running stacks: their secrets and the processes of their servers."""

import contextlib
import json
import os
from pathlib import Path


def secret(stack, beginning):
    """The JSON of the secret whose name begins so."""
    client = stack.client("secretsmanager")
    name = next(one["Name"] for one in client.list_secrets()["SecretList"] if one["Name"].startswith(beginning))
    return json.loads(client.get_secret_value(SecretId=name)["SecretString"])


def servers(folder, program):
    """The ids of the processes of a server's program whose data is below a folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = file.read_bytes().split(b"\0")
            if words[0].endswith(f"/{program}".encode()) and any(os.fsencode(folder) in word for word in words):
                found.append(int(file.parent.name))
    return found
