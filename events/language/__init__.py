"""Reading text: words, names, dates, the gazetteer. Pure; knows neither Django nor the record."""
