"""The demo: real agencies' systems on the platform of this machine, and the whole country."""
