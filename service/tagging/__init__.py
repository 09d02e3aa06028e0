"""Tagging: what is asked now in small batches, and what waits in the store in the background."""

from service.tagging.batcher import Batcher
from service.tagging.models import LoadedModels
from service.tagging.pace import WorkerSettings
from service.tagging.worker import Worker

__all__ = ["Batcher", "LoadedModels", "Worker", "WorkerSettings"]
