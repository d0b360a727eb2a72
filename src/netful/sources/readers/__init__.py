"""Resources of a template as objects of the model."""
