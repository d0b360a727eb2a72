"""States of tasks of ECS."""
