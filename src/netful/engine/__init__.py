"""Pure reasoning: facts and a question in, a verdict with its evidence out. No I/O, no clock, no sockets."""
