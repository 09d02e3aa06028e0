"""What runs beside the requests of an app, from its start to its end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from service import surveys
from service.bringing import Runner
from service.deps import AppState
from service.errors import StoreError
from service.observability.logs import tell_of_task
from service.readings_cache import ReadingsCache
from service.security.key_uses import KeyUses
from service.security.rate_limit import RateLimiter
from service.store import Store
from service.tagging import Batcher, LoadedModels, Worker
from service.uploads import sweep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from service.observability.metrics import Metrics
    from service.settings import Settings

ACTOR = "service"
SWEEP_EVERY = 3600
"""Seconds between two looks at which surveys nobody goes on bringing."""


@asynccontextmanager
async def running(
    settings: Settings,
    metrics: Metrics,
    store: Store | None = None,
    models: LoadedModels | None = None,
) -> AsyncIterator[AppState]:
    """Open what an app needs, and have its workers work, until the block ends.

    On the way out it takes no more comments, answers those that wait, and lets the workers write
    what they have tagged.

    Args:
        settings: How the service is run.
        metrics: What the app counts.
        store: The store, if it is open already; it is then left open.
        models: The models, if they are loaded already.

    Raises:
        StoreError: The store cannot be reached, or was written by a newer version.
        ModelError: A model cannot be loaded.
    """
    asyncio.get_running_loop().set_exception_handler(tell_of_task)
    async with AsyncExitStack() as stack:
        if store is None:
            store = await asyncio.to_thread(Store.open, settings.store_url)
            stack.callback(store.close)
        if models is None:
            models = await asyncio.to_thread(LoadedModels.load, settings.models, settings.threads)
        await asyncio.to_thread(surveys.follow_models, store, models, ACTOR)
        await asyncio.to_thread(sweep, settings.spool)
        uses = await stack.enter_async_context(_noting_uses(store))
        batcher = Batcher(models, settings.tag_queue)
        for _ in range(settings.workers):
            await stack.enter_async_context(
                _working(Worker(store, models, give_way=batcher.is_busy))
            )
        await batcher.start()
        stack.push_async_callback(batcher.stop)
        limiter = RateLimiter(settings.requests_per_minute, settings.comments_per_minute)
        readings = ReadingsCache()
        bringing = await stack.enter_async_context(_bringing(Runner(store, models, settings)))
        yield AppState(store, models, batcher, settings, limiter, uses, metrics, readings, bringing)


@asynccontextmanager
async def _working(worker: Worker) -> AsyncIterator[None]:
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await asyncio.to_thread(thread.join)


@asynccontextmanager
async def _bringing(runner: Runner) -> AsyncIterator[Runner]:
    await asyncio.to_thread(runner.take_up)
    sweeping = asyncio.create_task(_keep_sweeping(runner))
    try:
        yield runner
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
        await asyncio.to_thread(runner.stop)


async def _keep_sweeping(runner: Runner) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        with suppress(StoreError):  # it may be back the next time
            await asyncio.to_thread(runner.sweep)


@asynccontextmanager
async def _noting_uses(store: Store) -> AsyncIterator[KeyUses]:
    uses = KeyUses(store)
    noting = asyncio.create_task(uses.keep_noting())
    try:
        yield uses
    finally:
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
        await asyncio.to_thread(uses.note)
