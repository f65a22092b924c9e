"""The parts of the host gate: inventory, connection, facts, and what the rules ask of them."""
