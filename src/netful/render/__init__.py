"""Output for people and programs: one list of like modules, a format or the text of one kind of answer in each."""
