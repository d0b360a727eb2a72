"""Operations on HTTP and WebSocket APIs."""
