"""How the analysis runs over much: in this process, in others beside it, on a cluster, over files."""
