#!/bin/sh
# Runs at the end of mmdebstrap on the folder of the new system: what every test host shares.
set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
: > "$root/etc/machine-id"
cat > "$root/etc/systemd/system/sshd-keygen.service" <<'U'
[Unit]
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
[Install]
WantedBy=multi-user.target
U
printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n' > "$root/etc/ssh/sshd_config.d/90-test.conf"
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n' > "$root/etc/apt/apt.conf.d/90test"
chroot "$root" systemctl -q enable sshd-keygen ssh
chroot "$root" systemctl -q mask systemd-udevd.service systemd-udev-trigger.service \
  systemd-timesyncd.service getty.target console-getty.service
# officer may use sudo, as the inventory declares; visitor may not.
chroot "$root" useradd -m -s /bin/bash officer
chroot "$root" useradd -m -s /bin/bash visitor
echo 'officer ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/officer"
chmod 440 "$root/etc/sudoers.d/officer"
# No password, but not locked either: sshd without PAM refuses locked accounts their keys too.
chroot "$root" usermod -p '*' officer
chroot "$root" usermod -p '*' visitor
