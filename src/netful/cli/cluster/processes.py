"""Shares of accounts by the processes of this machine."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from netful.cli.cluster.share import Answer, Share


def by_processes(shares: Iterable[Share]) -> Iterator[Answer]:
    """Yield answers as they are ready. The share of a process that ends is computed once more, in a process of its own."""
    lost: list[Share] = []
    with _pool(len(os.sched_getaffinity(0))) as pool:
        computing: dict[Future[list[Answer]], Share] = {}
        for share in shares:
            try:
                computing[pool.submit(share.answers)] = share
            except BrokenProcessPool:  # a process has ended already
                lost.append(share)
        for one in as_completed(computing):
            try:
                yield from one.result()
            except BrokenProcessPool:
                lost.append(computing[one])
    for share in lost:
        yield from _alone(share)


def _alone(share: Share) -> list[Answer]:
    with _pool(1) as pool:
        try:
            return pool.submit(share.answers).result()
        except BrokenProcessPool:
            return share.unanswered("error: the process that computed the answer has ended\nhint: it may lack memory")


def _pool(processes: int) -> ProcessPoolExecutor:
    """Return processes that are no copies of this one: a fork would copy its threads' locks."""
    return ProcessPoolExecutor(processes, mp_context=get_context("forkserver"))
