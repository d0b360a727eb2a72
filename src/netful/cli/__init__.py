"""Command line: one list of like modules, a verb in each, besides the entry point (`entry_point`, `app`) and shared lines of status."""
