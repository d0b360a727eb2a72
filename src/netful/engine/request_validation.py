"""What a request must carry (api-gateway §5.13): the parameters that its method requires; an empty one counts as missing."""

from __future__ import annotations

from netful.engine.parameter_mapping import Message, evaluate
from netful.model.api import Api, RestApi, Route


def missing(api: Api, route: Route, message: Message) -> list[str]:
    """The names of the required parameters that a request lacks, where its method's validator looks for them."""
    validators = api.request_validators if isinstance(api, RestApi) else {}
    validator = validators.get(str(route.request_validator_id))
    if validator is None or not validator.validate_request_parameters:
        return []
    required = sorted(name for name, needed in route.request_parameters.items() if needed)
    return [name.rpartition(".")[2] for name in required if not evaluate(name, message)]
