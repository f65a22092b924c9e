"""Resource arguments as Pulumi's own server makes them: through protobuf and the SDK's proxies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_policy import PolicyResource, ResourceValidationArgs, StackValidationArgs
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

UNKNOWN = UNKNOWN_STRING_VALUE


def token(thing: Mapping[str, Any]) -> str:
    version = thing["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{thing['kind']}"


def props(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    wire = struct_pb2.Struct()
    json_format.ParseDict(thing, wire)
    return unknown_checking_proxy(deserialize_properties(json_format.MessageToDict(wire)))


def urn(thing: Mapping[str, Any]) -> str:
    metadata = thing.get("metadata", {})
    return f"urn:pulumi:s::p::{token(thing)}::{metadata.get('namespace')}/{metadata.get('name')}"


def resource(thing: Mapping[str, Any], of_type: str = "") -> ResourceValidationArgs:
    place = (of_type or token(thing), props(thing), urn(thing))
    return ResourceValidationArgs(*place, "x", None, None)  # type: ignore[arg-type]


def stack(*things: Mapping[str, Any]) -> StackValidationArgs:
    return StackValidationArgs(
        [
            PolicyResource(token(each), props(each), urn(each), "x", None, None, None, [], {})  # type: ignore[arg-type]
            for each in things
        ]
    )
