"""The record as feeds and calendars: what is new, what was changed, what lies ahead."""
