"""How many drawn examples a property is tried with: all of them, or a fifth in `make test-fast`."""

import hypothesis


def tried(number):
    """Return how many of so many examples to try; fewer under the profile `quick`."""
    return -(-number // (5 if hypothesis.settings.get_current_profile_name() == "quick" else 1))


def examples(number, **more):
    """Return the settings of a property that is tried with so many examples."""
    return hypothesis.settings(max_examples=tried(number), **more)
