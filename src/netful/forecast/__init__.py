"""What a load would do: environments, interfaces, addresses, cold starts, throttles, NAT ports, and what it costs.

Rules:
1. A load is a steady rate and a duration. Nothing here runs anything; the numbers are AWS's own limits and prices
   (lambda §8, §10; vpc-network §8) and, for cold starts, a model whose parameters are named.
2. What hangs on a value that is not known is None, and the value is named.
3. The same load gives the same forecast: what is drawn by chance is drawn from a fixed seed.
"""
