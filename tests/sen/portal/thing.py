"""Objects of the API server around one tenant of Ha Noi, healthy unless a test changes them."""

from __future__ import annotations

from sen.portal.decided import digest

NAME = "h26-portal-staging"


def tenant(request, name=NAME, *, phase="Ready", conditions=(), **changed):
    spec = request["spec"]
    return {
        "metadata": {"name": name},
        "spec": {
            "request": request["metadata"]["name"],
            "namespace": name,
            "agency": "H26",
            "level": 3,
            "starts": spec["starts"],
            "ends": spec["ends"],
            "price_vnd": 1_206_250,
            "material": digest(request),
            "approved_at": "2026-11-21T00:00:00Z",
            "approved": {k: v for k, v in spec.items() if k not in {"requested_by", "reason"}},
            **changed,
        },
        "status": {"phase": phase, "conditions": list(conditions)},
    }


def condition(kind, value, message="", reason="Checked"):
    return {
        "type": kind,
        "status": value,
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-11-21T05:00:00Z",
    }


def event(name, message, *, kind="Tenant", when="2026-11-21T06:00:00Z", type_="Normal"):
    return {
        "metadata": {"name": f"{name}.{when}"},
        "involvedObject": {"kind": kind, "name": name},
        "type": type_,
        "eventTime": when,
        "lastTimestamp": None,
        "message": message,
    }


def quota(**used):
    hard = {"requests.cpu": "2", "requests.memory": "8Gi", "requests.storage": "50Gi", "pods": "20"}
    return {"metadata": {"name": "quota"}, "status": {"hard": hard, "used": used}}


def waiver(name="w1", *, namespace=NAME, starts="2026-11-01", ends="2027-01-31", **changed):
    return {
        "metadata": {"name": name, "namespace": "h26-desk-production"},
        "spec": {
            "rule": "require-probes",
            "object": {"kind": "apps/Deployment", "namespace": namespace, "name": "web"},
            "level": 3,
            "reason": "Ứng dụng cũ chưa có điểm kiểm tra",
            "compensating": "Giám sát từ bên ngoài",
            "owner": "an.nguyen@hanoi.gov.vn",
            "starts": starts,
            "ends": ends,
            "approvals": [],
            **changed,
        },
    }


def agreement(name="a1", *, provider=NAME, consumer="h26-analytics-production", **changed):
    return {
        "metadata": {"name": name, "namespace": "h26-desk-production"},
        "spec": {
            "provider": provider,
            "consumer": consumer,
            "data": {"vi": "Kết quả thủ tục hành chính", "en": "Results of procedures"},
            "legal_basis": "Nghị định 278/2025/NĐ-CP",
            "personal_data": True,
            "ports": [{"port": 443, "protocol": "TCP"}],
            "starts": "2026-11-01",
            "ends": "2027-10-31",
            **changed,
        },
    }
