"""The real control plane: etcd, API server, controllers, scheduler, with every flag's reason."""

from pathlib import Path

from sen.local.authority import (
    AUTHORITIES,
    CLUSTER,
    FRONT,
    FRONT_PROXY,
    STORE,
    certificate_file,
    key_file,
)
from sen.local.parts import Part, flags
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.local.record import Record

# The usual issuer of a cluster: tokens stay valid when the port changes.
ISSUER = "https://kubernetes.default.svc.cluster.local"
# Room for 40,000 objects and their history; etcd's own default is 2 GiB.
ETCD_QUOTA_BYTES = 4 * 2**30
API_SERVER_CONFIG = ("audit-policy", "authentication", "encryption")


def etcd(platform: Platform, record: Record) -> Part:
    client = f"https://{LOOPBACK}:{record.ports['etcd']}"
    peer = f"https://{LOOPBACK}:{record.ports['etcd-peer']}"
    store, mine, key = _pair_files(platform, STORE, "etcd")
    arguments = flags(
        {
            "name": "sen",
            "data-dir": platform.data / "etcd",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"sen={peer}",
            "cert-file": mine,
            "key-file": key,
            "trusted-ca-file": store,
            "client-cert-auth": True,
            "peer-cert-file": mine,
            "peer-key-file": key,
            "peer-trusted-ca-file": store,
            "peer-client-cert-auth": True,
            "enable-grpc-gateway": False,
            "quota-backend-bytes": ETCD_QUOTA_BYTES,
            "auto-compaction-mode": "periodic",
            "auto-compaction-retention": "30m",
            "unsafe-no-fsync": not record.fsync,
            "log-level": "warn",
        }
    )
    return Part(
        program="etcd",
        arguments=arguments,
        ports=(record.ports["etcd"], record.ports["etcd-peer"]),
        health="/health",
        authority=STORE,
        credentials=("etcd",),
        asks_as="apiserver-etcd",
        files=(store, mine),
    )


def kube_apiserver(platform: Platform, record: Record) -> Part:
    port = record.ports["kube-apiserver"]
    served = ("apiserver", "apiserver-etcd", "kubelet-client", FRONT_PROXY)
    values = _serving(platform, port, "apiserver") | _store_access(platform, record)
    values |= _gates(platform) | _front_proxy(platform)
    values |= _service_accounts(platform) | _audit(platform)
    values |= {
        "advertise-address": LOOPBACK,
        # A loopback address may not be an endpoint; without this the server logs an error for ever.
        "endpoint-reconciler-type": "none",
        "service-cluster-ip-range": "10.96.0.0/12",
        # One engine with 64 workers and kubectl beside it must not wait in a queue.
        "max-requests-inflight": 1600,
        "max-mutating-requests-inflight": 800,
        # Namespaces of many objects go faster.
        "delete-collection-workers": 4,
        # Watches are told to go elsewhere; without it a restart waits for them in vain.
        "shutdown-watch-termination-grace-period": "1s",
        "profiling": False,
    }
    return Part(
        program="kube-apiserver",
        arguments=flags(values),
        ports=(port,),
        health="/readyz",
        authority=CLUSTER,
        credentials=(*served, "admin"),
        files=(
            *(certificate_file(platform.pki, name) for name in (*AUTHORITIES, *served)),
            *(platform.config / f"{name}.yaml" for name in API_SERVER_CONFIG),
        ),
    )


def kube_controller_manager(platform: Platform, record: Record) -> Part:
    port = record.ports["kube-controller-manager"]
    config = platform.config / "controller-manager.kubeconfig"
    authority, _, authority_key = _pair_files(platform, CLUSTER, CLUSTER)
    values = _serving(platform, port, "controller-manager") | {
        "kubeconfig": config,
        "authentication-kubeconfig": config,
        "authorization-kubeconfig": config,
        "use-service-account-credentials": True,
        "root-ca-file": authority,
        "service-account-private-key-file": key_file(platform.pki, "service-account"),
        # So that CertificateSigningRequests work as on any cluster; approving them needs rights.
        "cluster-signing-cert-file": authority,
        "cluster-signing-key-file": authority_key,
        # There is one of each: an election would only write leases.
        "leader-elect": False,
        # Many tenants at once: quotas, default accounts and namespaces must keep up.
        "kube-api-qps": 500,
        "kube-api-burst": 1000,
        # Simulated nodes do not die; on a machine at its limit their signs of life come late.
        "node-monitor-grace-period": "5m",
        "concurrent-namespace-syncs": 50,
        "concurrent-resource-quota-syncs": 20,
        "concurrent-serviceaccount-token-syncs": 20,
        "profiling": False,
    }
    return Part(
        program="kube-controller-manager",
        arguments=flags(values),
        ports=(port,),
        # It says "ok" before it has built its controllers, and ends if the API server then fails.
        health="/healthz?verbose",
        says=b"namespace-controller ok",
        authority=CLUSTER,
        credentials=("controller-manager",),
        files=(config, authority, certificate_file(platform.pki, "controller-manager")),
    )


def kube_scheduler(platform: Platform, record: Record) -> Part:
    port = record.ports["kube-scheduler"]
    config = platform.config / "scheduler.kubeconfig"
    settings = platform.config / "scheduler.yaml"
    values = _serving(platform, port, "scheduler") | {
        "config": settings,
        "authentication-kubeconfig": config,
        "authorization-kubeconfig": config,
    }
    return Part(
        program="kube-scheduler",
        arguments=flags(values),
        ports=(port,),
        health="/healthz",
        authority=CLUSTER,
        credentials=("scheduler",),
        files=(settings, config, certificate_file(platform.pki, "scheduler")),
    )


def _pair_files(platform: Platform, authority: str, name: str) -> tuple[Path, Path, Path]:
    pki = platform.pki
    return certificate_file(pki, authority), certificate_file(pki, name), key_file(pki, name)


def _serving(platform: Platform, port: int, name: str) -> dict[str, object]:
    authority, certificate, key = _pair_files(platform, CLUSTER, name)
    return {
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": certificate,
        "tls-private-key-file": key,
        "tls-min-version": "VersionTLS12",
        "client-ca-file": authority,
    }


def _store_access(platform: Platform, record: Record) -> dict[str, object]:
    store, certificate, key = _pair_files(platform, STORE, "apiserver-etcd")
    return {
        "etcd-servers": f"https://{LOOPBACK}:{record.ports['etcd']}",
        "etcd-cafile": store,
        "etcd-certfile": certificate,
        "etcd-keyfile": key,
        "encryption-provider-config": platform.config / "encryption.yaml",
    }


def _gates(platform: Platform) -> dict[str, object]:
    authority, certificate, key = _pair_files(platform, CLUSTER, "kubelet-client")
    return {
        # A kubelet that joins reads and writes what is its own node's, and no more.
        "authorization-mode": "Node,RBAC",
        "authentication-config": platform.config / "authentication.yaml",
        # A Service must not claim an address that is not the cluster's (SC-7).
        "enable-admission-plugins": "DenyServiceExternalIPs,NodeRestriction",
        # As on every cluster with node agents: the rules decide who may, namespace by namespace.
        "allow-privileged": True,
        "kubelet-certificate-authority": authority,
        "kubelet-client-certificate": certificate,
        "kubelet-client-key": key,
        "kubelet-preferred-address-types": "InternalIP",
    }


def _front_proxy(platform: Platform) -> dict[str, object]:
    """Let aggregated API servers and our own health checks know who really asks."""
    authority, certificate, key = _pair_files(platform, FRONT, FRONT_PROXY)
    return {
        "requestheader-client-ca-file": authority,
        "requestheader-allowed-names": FRONT_PROXY,
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": certificate,
        "proxy-client-key-file": key,
    }


def _service_accounts(platform: Platform) -> dict[str, object]:
    return {
        "service-account-issuer": ISSUER,
        "service-account-signing-key-file": key_file(platform.pki, "service-account"),
        "service-account-key-file": platform.pki / "service-account.pub",
        # A token lives as long as it was asked for, not a year.
        "service-account-extend-token-expiration": False,
    }


def _audit(platform: Platform) -> dict[str, object]:
    return {
        "audit-policy-file": platform.config / "audit-policy.yaml",
        "audit-log-path": platform.audit_log,
        # Blocking: an answer is given only after its line is written (AU-5).
        "audit-log-mode": "blocking",
        "audit-log-maxsize": 100,
        "audit-log-maxbackup": 10,
        "audit-log-maxage": 30,
        "audit-log-compress": True,
    }
