"""Training: from a recipe and labelled comments to an artefact. The only layer that knows torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
