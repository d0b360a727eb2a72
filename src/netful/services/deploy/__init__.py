"""Resources of the template that the back ends hold."""
