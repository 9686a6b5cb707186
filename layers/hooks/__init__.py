"""Other systems that are told when grids change: who they are, how it is signed, and where it may be sent."""
