"""How many drawn examples a property is tried with: all of them, or a fifth in `make test-fast`."""

import hypothesis


def examples(number, **more):
    """Return the settings of a property that is tried with so many examples; fewer under the profile `quick`."""
    share = 5 if hypothesis.settings.get_current_profile_name() == "quick" else 1
    return hypothesis.settings(max_examples=-(-number // share), **more)
