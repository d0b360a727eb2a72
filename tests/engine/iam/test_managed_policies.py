import pytest

from netful.engine.iam.managed_policies import statement
from netful.engine.iam.policies import PolicyRequest, evaluate

AWS = "arn:aws:iam::aws:policy/"
QUEUES = f"{AWS}service-role/AWSLambdaSQSQueueExecutionRole"


@pytest.mark.parametrize(
    ("arn", "action", "outcome"),
    [
        (QUEUES, "sqs:ReceiveMessage", "allow"),
        (QUEUES, "logs:PutLogEvents", "allow"),
        (QUEUES, "sqs:SendMessage", "deny"),
        (f"{AWS}AdministratorAccess", "s3:PutObject", "allow"),
        (f"{AWS}AmazonS3ReadOnlyAccess", "s3:GetObject", "allow"),
        (f"{AWS}AmazonS3ReadOnlyAccess", "s3:PutObject", "deny"),
        ("arn:aws-cn:iam::aws:policy/AmazonSSMFullAccess", "ssm:PutParameter", "allow"),
    ],
)
def test_a_policy_that_is_known_allows_its_actions_on_any_resource(arn, action, outcome):
    request = PolicyRequest(action, "arn:aws:s3:::mine/key")
    assert evaluate({"Statement": [statement(arn)]}, request).outcome == outcome


@pytest.mark.parametrize(
    "arn",
    [f"{AWS}AmazonEC2FullAccess", "arn:aws:iam::123456789012:policy/AdministratorAccess", "AdministratorAccess", ""],
)
def test_another_policy_may_allow_anything(arn):
    assert statement(arn) is None
