"""Who may come in: accounts, sessions of people, tokens of machines."""
