"""A probe of an API whose function fails: the request got through, and the answer is the function's own."""

import pytest

pytestmark = pytest.mark.packets
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fails:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): return 'no answer of a proxy integration'"
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
"""


def test_an_error_of_the_function_is_no_disagreement(running, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    found = running(template).probe("internet", "ServerlessRestApi GET /Prod/")
    assert (found["observed"][0]["status"], found["predicted"]["verdict"], found["agree"]) == (502, "reachable", True)
