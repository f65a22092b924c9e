"""What of a host is the machine's own and stays, and what would start programs too early."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

FOLDER = "/var/lib/sen/host"
# Not files of a disk, or of no use elsewhere.
_PASSING = ("/dev", "/proc", "/run", "/sys", "/tmp", "/lost+found", "/var/lock", "/var/run")  # noqa: S108
_IDENTITY = (
    *("/etc/machine-id", "/etc/machine-info", "/etc/hostid", "/var/lib/dbus"),
    *("/etc/ssh", "/root/.ssh", "/etc/hostname", "/etc/iscsi", "/etc/nvme", "/var/lib/cloud"),
)
_NETWORK = (
    *("/etc/network", "/etc/netplan", "/etc/NetworkManager", "/etc/systemd/network"),
    *("/etc/sysconfig/network*", "/etc/hosts", "/etc/resolv.conf", "/etc/dhcp", "/etc/wicked"),
    *("/etc/udev/rules.d/70-persistent-*", "/etc/nftables*", "/etc/iptables*", "/etc/ufw"),
    *("/etc/firewalld", "/etc/sysconfig/ip*tables*", "/var/lib/dhcp*", "/var/lib/NetworkManager"),
)
_DISKS_AND_BOOT = (
    *("/boot", "/lib/modules", "/usr/lib/modules", "/etc/fstab", "/etc/crypttab", "/etc/mtab"),
    *("/etc/lvm", "/etc/mdadm*", "/etc/multipath*", "/etc/grub*", "/etc/default/grub*"),
    *("/etc/kernel", "/etc/initramfs-tools", "/etc/dracut*", "/etc/adjtime"),
)
# What the system itself writes while it runs: each host has its own.
_RECORDS = (
    *(f"/var/log/{name}*" for name in ("auth.log", "cron", "daemon.log", "debug", "dmesg")),
    *(f"/var/log/{name}*" for name in ("kern.log", "messages", "secure", "syslog", "user.log")),
    *(f"/var/log/{name}*" for name in ("btmp", "lastlog", "wtmp", "faillog", "tallylog")),
    *(f"/var/log/{name}" for name in ("audit", "chrony", "journal", "sa", "sysstat", "private")),
    *(
        "/var/lib/systemd",
        "/var/lib/rsyslog",
        "/var/spool/rsyslog",
        "/var/lib/sudo",
        "/var/db/sudo",
    ),
    *("/var/lib/chrony", "/var/lib/ntp*", "/var/tmp/systemd-private-*", "/var/lib/sen"),  # noqa: S108
)
OWN = (*_PASSING, *_IDENTITY, *_NETWORK, *_DISKS_AND_BOOT, *_RECORDS)
# With these the new host would run jobs and services, or send mail, before it is the one.
STARTS = (
    *("/etc/systemd/system", "/etc/systemd/user", "/etc/rc.local", "/etc/rc[0-6S].d"),
    *("/etc/rc.d", "/etc/inittab", "/etc/init", "/etc/xinetd*", "/etc/cron*", "/etc/anacrontab"),
    *("/var/spool",),
)


def filters(left_out: Iterable[str], protected: Iterable[str] = ()) -> list[str]:
    """Give rsync's words for a pass that neither brings these paths nor deletes them."""
    return [
        "--no-one-file-system",  # disks are brought; what is mounted otherwise is left out by name
        *(f"--exclude={path}" for path in left_out),
        *(f"--filter=P {path}/***" for path in protected),
    ]


def measure(left_out: Sequence[str]) -> str:
    """Give the shell text that prints how many KiB the rest takes, run in the root."""
    # du knows names as it was told to look: from the root, so that a copy elsewhere fits too.
    words = shlex.join(f"--exclude=.{path}" for path in left_out)
    return f"du -sk {words} . | cut -f 1"
