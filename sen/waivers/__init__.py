"""The register of waivers as people keep it: adding, ending, counting, sending to the cluster."""
