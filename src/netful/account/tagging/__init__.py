"""Resource Groups Tagging: the tags of all resources of the account, and calls that change them."""
