"""Readers take part: forms for an event, a source or a correction, and the answer's address.

The only public pages that write. They stand here because the timeline writes nothing.
"""
