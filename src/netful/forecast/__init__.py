"""Forecast of a load: environments, interfaces, addresses, cold starts, throttles, NAT ports, database connections and cost.

Rules:
1. A load is a steady rate and a duration. A forecast runs nothing. Its numbers are AWS's limits and prices (lambda §8, §10;
   vpc-network §8) and, for cold starts, a model with named parameters.
2. A result that depends on an unknown value is None, and the value is named.
3. The same load gives the same forecast: random numbers come from a fixed seed.
"""
