"""Screens of the moderation desk. They call events.moderation and decide nothing."""
