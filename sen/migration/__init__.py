"""Who agreed to a wave, what was rehearsed, and how a wave goes: from the evidence chain."""
