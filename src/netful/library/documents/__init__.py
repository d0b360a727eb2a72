"""Documents of `--format json`, by verb, as types; their JSON Schemas are published in docs/schemas.

New versions may add members, so the schemas permit members that they do not name. A value of a template that is not known is
`{"unknown": why, "needs": […]}` wherever it stands, so values of templates are of any type.
"""
