"""Where people reach a system: a front on a host, names in a file or a zone, a route."""

from playbooks.migration.endpoint.front import FrontEndpoint
from playbooks.migration.endpoint.name import HostsEndpoint, ZoneEndpoint
from playbooks.migration.endpoint.service import ServiceEndpoint

__all__ = ["FrontEndpoint", "HostsEndpoint", "ServiceEndpoint", "ZoneEndpoint"]
