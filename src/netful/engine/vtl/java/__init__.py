"""Values, operators and methods with the semantics of Java."""
