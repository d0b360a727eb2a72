"""Operations of EC2 that set properties of resources, and those of what an account has none of."""
