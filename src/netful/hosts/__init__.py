"""Hosts: the servers and programs at the interfaces of databases, caches, instances and services."""
