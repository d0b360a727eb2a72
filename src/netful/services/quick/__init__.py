"""The calls that functions make most, answered from moto's own state without moto's machinery for requests.

moto takes 150 to 250 µs for a request, of which its state needs 1 to 15 (hot-paths part 3). Rules:
1. The state is moto's: what is written here is read there, and the other way round.
2. Only a plain call is answered: one with a parameter or a header that is not known here is left to moto.
3. A call that fails is left to moto too, before anything has changed: every error is moto's own.

Runs in the back end's process only.
"""
