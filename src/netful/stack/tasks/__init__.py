"""Running tasks of ECS: containers, their life, and the endpoint of the task."""
