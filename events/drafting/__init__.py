"""From a Story to a proposed Event: title, date, actors, category, citations."""
