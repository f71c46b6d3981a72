"""Workers for the benchmarks: forked from a server process that has Django ready and no connection open."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import ForkServerContext

import django

if "DATABASE_URL" in os.environ:
    django.setup()


def context() -> ForkServerContext:
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([__name__])
    return made
