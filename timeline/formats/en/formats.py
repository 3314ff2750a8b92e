"""Day before month, as in the dates of the record (timeline/dates.py)."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
