"""How well a tagger does: metrics overall and by group, peer baselines, benchmarks, reports."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
