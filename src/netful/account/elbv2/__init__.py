"""Elastic Load Balancing's API (version 2015-12-01) over the cloud that runs."""
