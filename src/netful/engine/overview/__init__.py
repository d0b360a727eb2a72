"""Overviews of a cloud: inventory, APIs, prices."""
