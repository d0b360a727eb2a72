"""Service models as botocore ships them: operations with the shapes of their requests and answers."""

from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


@cache
def service_model(service: str) -> ServiceModel:
    """Return the newest model of a service, by botocore's name (`ec2`, `elbv2`); read once (0.1 s for EC2)."""
    return ServiceModel(Loader().load_service_model(service, "service-2"))


def operation_model(service: str, name: str) -> OperationModel | None:
    """Return the model of an operation, or None where the service has none of this name."""
    model = service_model(service)
    return model.operation_model(name) if name in model.operation_names else None
