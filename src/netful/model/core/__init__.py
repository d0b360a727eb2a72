"""Origins, unknown values, errors and raw resources: the base of every model class."""
