"""Reports: questions answered as frozen rows. `analysis.publishing` writes them as a site."""
