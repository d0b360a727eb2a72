"""Operations on REST APIs."""
