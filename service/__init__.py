"""The REST service: its place in the layers, filled by later work."""
