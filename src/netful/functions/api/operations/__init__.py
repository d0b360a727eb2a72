"""Operations of the Lambda API, one module per noun."""
