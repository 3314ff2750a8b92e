"""Screens of the moderation desk. They call events.moderation and decide nothing.

events.apps.DeskConfig imports every module here once the site stands; importing them from this
file would register screens while the site is being made.
"""
