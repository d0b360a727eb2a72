"""Operations on API keys and usage plans."""
