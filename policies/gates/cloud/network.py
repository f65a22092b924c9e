"""Networks, subnets, security groups and load balancers.

Network: `isDefault`, `flowLogs` (list of {status, traffic}).
Subnet: `network`, `givesPublicAddresses`.
SecurityGroup: `network`, `name`, `ingress` and `egress` as lists of {protocol, fromPort, toPort,
ranges, groups}; protocol `all` covers every port.
LoadBalancer: `scheme`, `type`, `listeners` as lists of {protocol, port, policy, redirectsToTls}.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from policies.gates.cloud.account import Account, Answer, Thing, described
from policies.partial import UNKNOWN

LAST_PORT = 65535
TLS = frozenset({"HTTPS", "TLS"})


def networks(account: Account) -> Iterator[Thing]:
    logs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    before = len(account.unread)
    for log in account.pages("ec2", "describe_flow_logs", "FlowLogs"):
        found = {"status": log.get("FlowLogStatus", ""), "traffic": log.get("TrafficType", "")}
        logs[str(log.get("ResourceId"))].append(found)
    refused = len(account.unread) > before
    for network in account.pages("ec2", "describe_vpcs", "Vpcs"):
        name = str(network["VpcId"])
        spec = {
            "isDefault": bool(network.get("IsDefault")),
            "flowLogs": UNKNOWN if refused else logs[name],
        }
        yield described("Network", name, network.get("Tags", ()), spec)


def subnets(account: Account) -> Iterator[Thing]:
    for subnet in account.pages("ec2", "describe_subnets", "Subnets"):
        spec = {
            "network": subnet.get("VpcId"),
            "givesPublicAddresses": bool(subnet.get("MapPublicIpOnLaunch")),
        }
        yield described("Subnet", subnet["SubnetId"], subnet.get("Tags", ()), spec)


def security_groups(account: Account) -> Iterator[Thing]:
    for group in account.pages("ec2", "describe_security_groups", "SecurityGroups"):
        spec = {
            "network": group.get("VpcId"),
            "name": group.get("GroupName"),
            "ingress": [_opening(each) for each in group.get("IpPermissions", ())],
            "egress": [_opening(each) for each in group.get("IpPermissionsEgress", ())],
        }
        yield described("SecurityGroup", group["GroupId"], group.get("Tags", ()), spec)


def _opening(given: Answer) -> dict[str, Any]:
    protocol = str(given.get("IpProtocol"))
    everything = protocol == "-1"
    ranges = [each["CidrIp"] for each in given.get("IpRanges", ())]
    ranges += [each["CidrIpv6"] for each in given.get("Ipv6Ranges", ())]
    groups = [each["GroupId"] for each in given.get("UserIdGroupPairs", ()) if "GroupId" in each]
    return {
        "protocol": "all" if everything else protocol,
        "fromPort": 0 if everything else given.get("FromPort", 0),
        "toPort": LAST_PORT if everything else given.get("ToPort", LAST_PORT),
        "ranges": ranges,
        "groups": groups,
    }


def load_balancers(account: Account) -> Iterator[Thing]:
    found = account.pages("elbv2", "describe_load_balancers", "LoadBalancers")
    for balancer in found:
        arn = balancer["LoadBalancerArn"]
        before = len(account.unread)
        listeners = [
            _listener(each)
            for each in account.pages(
                "elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn
            )
        ]
        tags = account.ask("elbv2", "describe_tags", ResourceArns=[arn]) or {}
        tagged = tags.get("TagDescriptions") or [{}]
        spec = {
            "scheme": balancer.get("Scheme", "internet-facing"),
            "type": balancer.get("Type"),
            "listeners": UNKNOWN if len(account.unread) > before and not listeners else listeners,
        }
        name = str(balancer["LoadBalancerName"])
        yield described("LoadBalancer", name, tagged[0].get("Tags", ()), spec)


def _listener(given: Answer) -> dict[str, Any]:
    redirects = (each.get("RedirectConfig", {}) for each in given.get("DefaultActions", ()))
    return {
        "protocol": given.get("Protocol", ""),
        "port": given.get("Port", 0),
        "policy": given.get("SslPolicy", ""),
        "redirectsToTls": any(each.get("Protocol") in TLS for each in redirects),
    }
