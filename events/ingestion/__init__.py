"""fetch → parse → normalize → identify → group → store. The stages know no Django."""
