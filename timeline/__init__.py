"""The public read side: reads events.models, writes nothing."""
