from ipaddress import IPv4Network, IPv6Network

from hypothesis import given
from hypothesis import strategies as st

from netful.engine.flows.flow import contains
from netful.model.network.prefixes import PrefixIndex

FOUR = st.builds(
    lambda number, length: IPv4Network((number << 24, length), strict=False), st.integers(0, 7), st.integers(0, 32)
)
SIX = st.builds(
    lambda number, length: IPv6Network((number << 120, length), strict=False), st.integers(0, 7), st.integers(0, 128)
)
NETWORKS = st.one_of(FOUR, SIX)


@given(st.lists(NETWORKS), NETWORKS)
def test_it_finds_what_asking_each_block_finds(blocks, network):
    found = PrefixIndex(zip(blocks, range(len(blocks)), strict=True)).covering(network)
    assert sorted(found) == [number for number, block in enumerate(blocks) if contains(block, network)]
