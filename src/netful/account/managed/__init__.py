"""The APIs of databases and caches (RDS, ElastiCache), as far as their place in the network goes."""
