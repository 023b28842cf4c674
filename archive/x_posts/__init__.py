"""How X writes posts, wherever they are met: in answers of its API, or in files that tools made of them."""
