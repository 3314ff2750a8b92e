"""The record as files: the initial record itself, its format, and how it is read.

Nothing here touches the database. `events.moderation.importing` writes what is read here, and
the public bulk files are written in the same format.
"""
