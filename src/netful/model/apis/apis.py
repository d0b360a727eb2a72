"""APIs of API Gateway with their stages, plans and domains, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.apis.api import Api, HttpApi, RestApi
from netful.model.apis.domain import BasePathMapping, DomainName, DomainNameAccessAssociation, RoutingRule, VpcLink
from netful.model.apis.stage import Deployment, Stage
from netful.model.apis.usage import ApiKey, UsagePlan
from netful.model.core import Frozen, Maybe


class Apis(Frozen, dict=True):
    """APIs of API Gateway with their stages, plans and domains, by id."""

    rest_apis: Mapping[str, RestApi] = field(default_factory=dict)
    http_apis: Mapping[str, HttpApi] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    deployed_apis: Mapping[str, Api] = field(default_factory=dict)
    usage_plans: Mapping[str, UsagePlan] = field(default_factory=dict)
    api_keys: Mapping[str, ApiKey] = field(default_factory=dict)
    domain_names: Mapping[str, DomainName] = field(default_factory=dict)
    base_path_mappings: Mapping[str, BasePathMapping] = field(default_factory=dict)
    routing_rules: Mapping[str, RoutingRule] = field(default_factory=dict)
    domain_name_access_associations: Mapping[str, DomainNameAccessAssociation] = field(default_factory=dict)
    vpc_links: Mapping[str, VpcLink] = field(default_factory=dict)
    truststores: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_id(self) -> dict[str, Api]:
        """Every API of API Gateway, REST ones first."""
        return {**self.rest_apis, **self.http_apis}

    @property
    def behind_domains(self) -> tuple[Maybe[str] | None, ...]:
        """The APIs that mappings and routing rules of custom domains lead to."""
        mapped = tuple(mapping.api_id for mapping in self.base_path_mappings.values())
        return (*mapped, *(rule.api_id for rule in self.routing_rules.values()))

    def stages_of(self, api_id: str) -> tuple[Stage, ...]:
        """Return the stages of an API, in the order of the source."""
        return tuple(stage for stage in self.stages.values() if stage.api_id == api_id)
