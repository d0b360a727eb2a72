"""A module of the layer of these templates."""
