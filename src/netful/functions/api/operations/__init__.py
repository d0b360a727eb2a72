"""Operations of the Lambda API, one module a noun."""
