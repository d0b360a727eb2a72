"""Actions of unsigned requests: those of AWS's own models."""

import pytest
from botocore.session import get_session

from netful.engine.iam.service_actions import WITHOUT_SIGNATURE


@pytest.mark.parametrize("service", ["cognito-idp", "cognito-identity", "sts"])
def test_unsigned_actions_are_those_of_the_service_model(service):
    model = get_session().get_service_model(service)
    unsigned = {
        f"{service}:{name}" for name in model.operation_names if model.operation_model(name).auth_type == "none"
    }
    assert unsigned == {action for action in WITHOUT_SIGNATURE if action.startswith(f"{service}:")}
