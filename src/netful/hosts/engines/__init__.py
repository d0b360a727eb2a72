"""Engines that netful runs for databases and caches: which one a resource has, where its program is, how its server is set up."""
