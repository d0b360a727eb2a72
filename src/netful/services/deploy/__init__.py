"""A template's resources in the back ends: made at a deployment, recorded, changed and deleted."""
