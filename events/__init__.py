"""The record: what is known, how it got in, who approved it."""
