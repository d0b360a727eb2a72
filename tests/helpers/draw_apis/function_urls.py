"""Drawn function URLs, and the permissions to invoke them."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import USERS, att, mostly, ref, resource

ACTION = "lambda:InvokeFunctionUrl"


@st.composite
def function_urls(draw):
    """A URL of the function or of its alias, for everyone or for signers."""
    kind = draw(st.sampled_from(("NONE", "AWS_IAM")))
    cors = draw(mostly(None, {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"]}))
    found = {
        "Url": resource(
            "Lambda::Url", TargetFunctionArn=draw(st.sampled_from((att("Fn"), ref("Fn"), ref("Live")))), AuthType=kind, Cors=cors,
            InvokeMode=draw(mostly(None, "RESPONSE_STREAM")),
        )
    }  # fmt: skip
    principals = ("*", "*", USERS["Own"], USERS["Partner"], "444455556666", "events.amazonaws.com")
    for number in range(draw(mostly(1, 0, 2))):
        found[f"MayUrl{number}"] = resource(
            "Lambda::Permission", FunctionName=draw(st.sampled_from((ref("Fn"), ref("Live"), att("Fn")))), Principal=draw(st.sampled_from(principals)),
            Action=draw(mostly(ACTION, "lambda:InvokeFunction", "lambda:*")), FunctionUrlAuthType=draw(st.sampled_from((kind, kind, "NONE", "AWS_IAM"))),
            InvokedViaFunctionUrl=draw(mostly(None, True)),
        )  # fmt: skip
    return found
