import json

import pytest

from netful.functions.code.missing_modules import hint
from netful.model.functions.function import Code, Function
from tests.helpers.lambda_bench import VERSION

FUNCTION = Function("Fn", "my-fn", Code(local_path="/app"), handler="src/app.handler")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Unable to import module 'orders': No module named 'pg8000'", "pip install --target /app pg8000"),
        (
            "Unable to import module 'app': No module named 'pydantic_core._pydantic_core'",
            f"`pydantic_core._pydantic_core` of `Fn` is not built for Python {VERSION} on ",
        ),
        ("Unable to import module 'app': No module named '_cffi_backend'", f"is not built for Python {VERSION} on "),
        ("Error: Cannot find module '@aws-lambda-powertools/logger/middleware'", "app @aws-lambda-powertools/logger`"),
        ("Error: Cannot find package 'pg' imported from /var/task/app.mjs", "npm install --prefix /app pg"),
        (
            "Unable to import module 'src/app': No module named 'src'",
            "`/app` has no module `src` for `src/app.handler`",
        ),
        ("Error: Cannot find module 'src/app'", "build it, or correct `Handler`"),
        ("Error: Cannot find module './lib'", ""),
        ("division by zero", ""),
    ],
)
def test_a_module_that_is_not_there(message, found):
    payload = json.dumps({"errorMessage": message}).encode()
    shown = hint(FUNCTION, payload)
    assert found in shown
    assert bool(found) == bool(shown)


@pytest.mark.parametrize("payload", [b"not JSON", b"[]", b'{"errorMessage": 3}'])
def test_payloads_of_other_failures(payload):
    assert hint(FUNCTION, payload) == ""
