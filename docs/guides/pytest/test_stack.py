def test_the_function_answers(stack):
    assert stack.invoke("ReadParameter").json() == {"value": "hello from Parameter Store"}


def test_the_prediction_is_right(stack):
    assert stack.probe("ReadParameter", "aws:ssm").agree
