"""A clock for what waits: its time passes when something sleeps."""

import asyncio


class Clock:
    """Time that passes when someone sleeps, up to an end."""

    def __init__(self, end):
        self.time, self.end = 0.0, end
        self.over = asyncio.Event()

    def epoch(self):
        return self.time

    async def sleep(self, seconds):
        if self.time + seconds > self.end:
            self.over.set()
            await asyncio.Event().wait()
        self.time += seconds
