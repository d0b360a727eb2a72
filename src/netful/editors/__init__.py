"""`netful lsp`: findings, hovers, lenses and fixes in editors, by the Language Server Protocol."""
