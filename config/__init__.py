"""Composition root: settings, addresses, processes. Nothing imports it."""
