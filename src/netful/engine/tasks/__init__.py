"""Tasks of ECS as the engine sees them."""
