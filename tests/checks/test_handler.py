"""What is read from a handler's syntax tree."""

import os
import sys
from pathlib import Path

import pytest

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


def test_a_call_in_a_nested_function_is_of_all_functions_around_it() -> None:
    handler = _read(
        "import boto3\nssm = boto3.client('ssm')\nVALUE = None\n"
        "def handler(e, c):\n    def inner():\n        return ssm.get_parameter(Name='x')\n    return inner()\n"
        "def other():\n    global VALUE\n    def inner():\n        return ssm.get_parameters(Names=[])\n    return inner()\n"
    )
    assert [(call.method, call.inside, call.cached) for call in handler.calls] == [
        ("get_parameter", True, False),
        ("get_parameters", True, True),  # the name that is called is the last one's
    ]


def test_a_default_of_the_handler_is_made_once() -> None:
    handler = _read("import boto3\ndef handler(e, c, sqs=boto3.client('sqs')):\n    sqs.send_message()\n")
    assert [client.inside for client in handler.clients] == [False]


def test_work_grows_as_the_handler_does() -> None:
    def work(functions: int) -> int:
        """The calls of Python functions that reading a handler takes."""
        one = "def f{0}(x):\n    if x:\n        ssm.get_parameter(Name='x')\n    return f{1}(x)\n"
        text = "import boto3\nssm = boto3.client('ssm')\n" + "".join(one.format(n, n + 1) for n in range(functions))
        counted = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event == "call"

        sys.setprofile(count)
        try:
            _read(text + "def handler(e, c):\n    return f0(e)\n")
        finally:
            sys.setprofile(None)
        return counted

    assert work(200) < 2.2 * work(100)


def test_code_that_is_nested_too_deeply_is_not_read() -> None:
    for text in ("(" * 5000, "x = " + "-" * 100_000 + "1", "x = a" + ".b" * 50_000):
        function = Function("Fn", "fn", Code(inline=text), handler="index.handler", runtime="python3.12")
        assert read_handler(function) is None


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


def test_code_without_an_end_is_not_read(tmp_path):
    code = Code(local_path=str(tmp_path))
    function = Function("Fn", "fn", code, handler="app.go", runtime="python3.12")
    (tmp_path / "app.py").write_text("def go(e, c): pass\n" + "#" * (1 << 20))
    assert read_handler(function) is None
    (tmp_path / "app.py").unlink()
    os.mkfifo(tmp_path / "app.py")
    assert read_handler(function) is None


@pytest.mark.parametrize(
    ("encoding", "named"), [("cp932", "cp932"), ("euc_jp", "euc_jp"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8")]
)
def test_a_handler_in_an_encoding_that_it_names_is_read(encoding, named, tmp_path):
    text = (
        f'# -*- coding: {named} -*-\nimport boto3\n\n\ndef handler(event, context):  # 在庫\n    boto3.client("ssm")\n'
    )
    (tmp_path / "app.py").write_bytes(text.encode(encoding))
    found = read_handler(
        Function("Fn", "fn", Code(local_path=str(tmp_path)), handler="app.handler", runtime="python3.12")
    )
    assert found is not None
    assert [client.service for client in found.clients] == ["ssm"]


def test_a_handler_in_an_unknown_encoding_is_none(tmp_path):
    (tmp_path / "app.py").write_bytes(b"# -*- coding: nope -*-\n")
    assert (
        read_handler(Function("Fn", "fn", Code(local_path=str(tmp_path)), handler="app.handler", runtime="python3.12"))
        is None
    )
