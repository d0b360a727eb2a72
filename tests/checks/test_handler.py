"""What is read from a handler's syntax tree."""

from pathlib import Path

from netful.checks.facts.handler import Handler, read_handler
from netful.model.functions.function import Code, Function


def _read(code: str) -> Handler:
    handler = read_handler(Function("Fn", "fn", Code(inline=code), handler="index.handler", runtime="python3.12"))
    assert handler is not None
    return handler


def test_call_in_a_function_that_the_handler_calls_is_inside() -> None:
    handler = _read(
        "import boto3\nssm = boto3.client('ssm')\n"
        "def config():\n    return ssm.get_parameter(Name='x')\n"
        "def unused():\n    return ssm.put_parameter(Name='x')\n"
        "def handler(event, context):\n    return config()\n"
    )
    assert [(call.method, call.inside) for call in handler.calls] == [("get_parameter", True), ("put_parameter", False)]


def test_cached_by_a_decorator_a_global_or_a_guard() -> None:
    start = "import boto3\nfrom functools import cache\nssm = boto3.client('ssm')\nVALUE = None\nTABLE = {}\n"
    get = "ssm.get_parameter(Name='x')"
    for text, cached in (
        (f"@cache\ndef config():\n    return {get}\ndef handler(e, c):\n    return config()\n", True),
        (f"def handler(e, c):\n    global VALUE\n    VALUE = VALUE or {get}\n", True),
        (f"def handler(e, c):\n    if 'x' not in TABLE:\n        TABLE['x'] = {get}\n", True),
        (f"def handler(e, c):\n    return {get}\n", False),
    ):
        assert [call.cached for call in _read(start + text).calls] == [cached], text


def test_local_code(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "app.py").write_text("import boto3\nc = boto3.client('sqs')\ndef go(e, c): pass\n")
    code = Code(local_path=str(tmp_path))
    handler = read_handler(Function("Fn", "fn", code, handler="pkg.app.go", runtime="python3.12"))
    assert handler is not None
    assert [(client.service, client.origin.line) for client in handler.clients] == [("sqs", 2)]


def test_other_runtimes_and_missing_files_are_not_read(tmp_path: Path) -> None:
    code = Code(local_path=str(tmp_path))
    assert read_handler(Function("Fn", "fn", code, handler="app.go", runtime="python3.12")) is None
    assert read_handler(Function("Fn", "fn", Code(inline="x"), handler="index.handler", runtime="nodejs22.x")) is None
