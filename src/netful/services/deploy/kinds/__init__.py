"""Kinds of resources of a template that the back ends hold: one list of like modules, one for each kind of resource or setting."""
