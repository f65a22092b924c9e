"""What belongs to the platform itself, and so to no agency."""

PLATFORM_NAMESPACES = ("sen-system", "sen-gateway", "sen-observability")
