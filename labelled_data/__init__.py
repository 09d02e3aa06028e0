"""Codebooks, labelled comments, and the tables they are read from and written to."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
