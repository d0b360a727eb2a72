"""Tests of a network with pytest: fixtures for one file of tests or several networks.

The plugin (`netful.testing.plugin`, which pytest finds by itself) has the fixtures `network` and `stack` of the configured
template. These functions make more of them, for a `conftest.py`:

    from netful.testing import network_fixture, stack_fixture

    production = network_fixture("template.yaml", parameters={"Stage": "production"})
    shop = stack_fixture("template.yaml", scope="module")
"""

from netful.testing.fixtures import network_fixture, stack_fixture

__all__ = ("network_fixture", "stack_fixture")
