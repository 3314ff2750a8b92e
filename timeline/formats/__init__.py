"""How dates look per language, where it is not as Django has it."""
