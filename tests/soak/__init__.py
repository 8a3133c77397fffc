"""Long proofs: random walks beside a second opinion, races for the last unit, processes killed under load."""
