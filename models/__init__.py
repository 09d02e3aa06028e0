"""The tagger: comments in, themes with calibrated scores out, from an artefact on disk."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
