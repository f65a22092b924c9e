"""The platform on a laptop: a real control plane and S3 service, with simulated nodes."""
