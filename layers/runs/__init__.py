"""Work over many communities, none of whose failures stops the rest."""
