"""Waves: which systems move in which window, so that few dependencies are cut."""
