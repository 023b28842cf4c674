"""Who accuses whom of what in an election, before and after the result: counted, as a network, as files."""
