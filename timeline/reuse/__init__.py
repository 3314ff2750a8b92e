"""The record as data: one event as one object, and files of all of them."""
