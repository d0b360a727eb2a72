from netful.engine.overview.prices import HOURS, PRICES
from netful.model.network.gateways import NatGateway
from netful.model.network.vpc_endpoints import EndpointType
from tests.helpers.small_clouds import cloud, endpoint


def test_the_fixed_cost_of_a_month():
    made = cloud(
        NatGateway("Nat", "A", "Vpc", allocation_ids=("One", "Two")),
        NatGateway("Inner", "A", "Vpc", public=False),
        endpoint(subnets=("A", "B")),
        endpoint("S3", "s3", kind=EndpointType.GATEWAY, subnets=()),
    )
    nat = 2 * PRICES.nat_hour + 2 * PRICES.public_address_hour
    assert PRICES.monthly(made) == {
        "nat_gateways": round(nat * HOURS, 2),
        "interface_endpoints": round(2 * PRICES.endpoint_hour * HOURS, 2),
    }
    assert PRICES.monthly(cloud(NatGateway("Nat", "A", "Vpc")))["nat_gateways"] == round(0.05 * HOURS, 2)


def test_an_endpoint_pays_from_some_gigabytes_on():
    through_nat = PRICES.endpoint_break_even * PRICES.nat_gigabyte
    by_endpoint = PRICES.endpoint_break_even * PRICES.endpoint_gigabyte + PRICES.endpoint_hour * HOURS
    assert round(through_nat, 6) == round(by_endpoint, 6)
