"""What look-ups read: published snapshots, the gazetteer and its aliases."""
