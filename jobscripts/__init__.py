"""Everything that launches: the code of `scalebar study`. Standard library alone."""
