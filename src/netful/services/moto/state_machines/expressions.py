"""Expressions of state machines: JSONata with the functions that Step Functions adds, and texts in base64.

moto's `$hash` and `$uuid` return a text that they are not supported, and its base64 has ASCII only.
"""

import base64
import hashlib
import random
from typing import Any
from uuid import uuid4

from netful.engine.patterns.pattern import plain_pattern
from netful.services.moto.state_machines import quotas

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_OWN = {
    "hash": lambda text, algorithm: hashlib.new(_ALGORITHMS[algorithm], text.encode()).hexdigest(),
    "uuid": lambda: str(uuid4()),
    "random": lambda seed=None: random.Random(seed).random(),  # noqa: S311  # as of any JSONata
}


def hook() -> None:
    """Have the interpreter evaluate expressions here."""
    from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as declared  # noqa: PLC0415  # loaded late
    from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.encoding_decoding import (  # noqa: PLC0415
        base_64_decode,
        base_64_encode,
    )
    from moto.stepfunctions.parser.asl.jsonata import jsonata  # noqa: PLC0415

    jsonata._eval_jsonata = _evaluate  # noqa: SLF001  # there is no public way
    for name in _OWN:
        declared._DECLARATION_BY_VARIABLE_REFERENCE.pop(f"${name}", None)  # noqa: SLF001  # the same
    for function, convert in (
        (base_64_encode.Base64Encode, lambda text: base64.b64encode(text.encode()).decode()),
        (base_64_decode.Base64Decode, lambda text: base64.b64decode(text).decode()),
    ):
        _replace_body(function, convert)


def _replace_body(function: Any, convert: Any) -> None:
    def evaluate(own: Any, env: Any) -> None:
        own.argument_list.eval(env=env)
        (text,) = env.stack.pop()
        if len(text) > own.MAX_INPUT_CHAR_LEN:
            raise ValueError(f"the text has more than {own.MAX_INPUT_CHAR_LEN} characters")
        env.stack.append(convert(text))

    function._eval_body = evaluate  # noqa: SLF001  # the same


def _evaluate(expression: str) -> Any:
    """Return the value of a JSONata expression, whose variables are declared in it."""
    from jsonata import Jsonata  # noqa: PLC0415  # few machines need it
    from jsonata.functions import Functions  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.jsonata.jsonata import JSONataException  # noqa: PLC0415

    try:
        bounds = {"timeout": quotas.EVALUATION_MILLISECONDS, "stack": quotas.EVALUATION_DEPTH}
        read = Jsonata(expression, regex_engine=_pattern, **bounds)
        for name, function in {**_OWN, "pad": quotas.padded(Functions.pad)}.items():
            read.register_lambda(name, function)
        return read.evaluate(None)
    except Exception as error:
        raise JSONataException("UNKNOWN", str(error)) from error


def _pattern(expression: str, flags: Any) -> Any:
    """Return the pattern of an expression in JSONata. One that would backtrack is refused: Python's engine stops all threads."""
    return plain_pattern(f"(?m){expression}" if flags.multiline else expression, folds=flags.case_insensitive)
