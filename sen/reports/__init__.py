"""What is printed from the results: the level dossier, the yearly report, differences, OSCAL."""
