"""Questions parsed and answers shaped, for HTTP and the command line alike."""
