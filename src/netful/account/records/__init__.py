"""Things of a service as its API has them: look-ups, lists in pages, tags. The services' own packages have the rest."""
