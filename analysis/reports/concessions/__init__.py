"""Who conceded and who refused, and what backs "none found": as rows, on a screen, as files."""
