"""`python -m netful`: the command, where its folder is not on the PATH."""

from netful.cli.entry_point import main

main()
