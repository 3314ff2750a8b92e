"""Tests mirror the code; each name states a rule."""
