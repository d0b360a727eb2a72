"""The text of a mapping template as a syntax tree."""
