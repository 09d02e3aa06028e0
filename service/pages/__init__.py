"""Pages for people, made on the server by the same use cases as the calls for programs."""

from service.pages.nowhere import tell_browsers, tell_of_failure
from service.pages.page_routers import routers

__all__ = ["routers", "tell_browsers", "tell_of_failure"]
