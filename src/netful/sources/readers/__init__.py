"""Readers of the resources of templates: one list of like modules, one for each kind of resource."""
