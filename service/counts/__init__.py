"""Theme counts by equality group that can be published."""
