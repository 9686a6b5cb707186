"""The app, its doorway and what every route shares."""
