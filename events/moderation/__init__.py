"""Approve, reject, merge, split, amend, retract, restore: each one transaction."""
