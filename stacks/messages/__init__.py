"""The catalogue of messages: one YAML file a subject, each message in Vietnamese and English."""
