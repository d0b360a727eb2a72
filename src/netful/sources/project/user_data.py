"""User data of an instance as the program of its host: a script, with the interpreter of its first line.

cloud-init accepts more kinds, for the image of the instance and as root of a whole machine; they are errors here.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace

from netful.model.core import Resource, Unknown
from netful.model.functions.programs import USER_DATA, Program
from netful.model.functions.user_data import user_data_of
from netful.sources.files.complaint import fail

_INTERPRETER = re.compile(r"#![ \t]*(/[^\n]*)")
_OTHER_KINDS = {
    b"\x1f\x8b": "it is compressed with gzip",
    b"#cloud-config": "it is `#cloud-config`",
    b"content-type:": "it is a MIME document",
    b"mime-version:": "it is a MIME document",
}


def with_script(program: Program, resources: Mapping[str, Resource], id_: str) -> Program:
    """Return a program with the user data of an instance or a fleet. Raises SourceError if that is not a known script."""
    data, origin = user_data_of(resources, id_) or ("", program.origin)
    if not data:
        hint = "it is `UserData` of an instance in CloudFormation, or of its launch template or configuration"
        fail(f"`{id_}` has no user data that netful reads", origin, hint=hint)
    if isinstance(data, Unknown):
        named = ", ".join(f"`{need}`" for need in data.needs)
        fail(f"the user data of `{id_}` is not known", origin, why=data.why, hint=f"give {named}" if named else "")
    try:
        content = b64decode("".join(str(data).split()), validate=True)
        script = content.decode()
    except UnicodeDecodeError:
        script = ""
    except ValueError:
        fail(f"the user data of `{id_}` is not base64", origin, hint="write `Fn::Base64`")
    found = _INTERPRETER.match(script)
    if found is None:
        known = (why for start, why in _OTHER_KINDS.items() if content.lower().startswith(start))
        why = next(known, "it is not text that begins with `#!` and the path of an interpreter")
        hint = f"give `{id_}` a `command` or an `image`, or write the user data as a script"
        fail(f"the user data of `{id_}` is not a script", origin, why=why, hint=hint)
    return replace(program, command=found[1].strip(" \t"), files={**program.files, USER_DATA: script})
