"""Files of candidates and results: each format read into the same frozen rows."""
