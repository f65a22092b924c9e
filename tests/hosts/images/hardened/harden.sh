#!/bin/sh
# A host as the rules want it, as far as a container can be one.
set -eu
cat > /etc/ssh/sshd_config.d/10-hardened.conf <<'U'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
MaxAuthTries 4
MaxSessions 4
MaxStartups 10:30:60
LoginGraceTime 30
ClientAliveInterval 60
ClientAliveCountMax 3
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
HostKeyAlgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256
PubkeyAcceptedAlgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256
X11Forwarding no
AllowAgentForwarding no
AllowTcpForwarding no
PermitTunnel no
Banner /etc/issue.net
AllowGroups operators
LogLevel VERBOSE
IgnoreRhosts yes
HostbasedAuthentication no
PermitUserEnvironment no
StrictModes yes
UsePAM yes
U
groupadd operators
usermod -aG operators officer
usermod -aG operators visitor
chmod 600 /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*
for file in /etc/issue /etc/issue.net; do
  echo 'Authorised use only. All activity is recorded.' > "$file"
done

cat > /etc/sudoers.d/00-hardened <<'U'
Defaults use_pty
Defaults logfile=/var/log/sudo.log
U
chmod 440 /etc/sudoers.d/00-hardened
chmod 700 /home/officer /home/visitor /root
chmod 600 /etc/crontab
chmod 700 /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly
echo root > /etc/cron.allow
chmod 640 /etc/cron.allow

cat > /etc/security/pwquality.conf <<'U'
minlen = 14
minclass = 4
enforce_for_root
U
cat > /etc/security/faillock.conf <<'U'
deny = 5
unlock_time = 43200
even_deny_root
U
cat > /usr/share/pam-configs/faillock <<'U'
Name: Lock after failed log-ins
Default: yes
Priority: 0
Auth-Type: Primary
Auth:
	[default=die] pam_faillock.so authfail
Account-Type: Primary
Account:
	required pam_faillock.so
U
cat > /usr/share/pam-configs/faillock-first <<'U'
Name: Refuse while locked
Default: yes
Priority: 1024
Auth-Type: Primary
Auth:
	required pam_faillock.so preauth
U
cat > /usr/share/pam-configs/pwhistory <<'U'
Name: Remember passwords
Default: yes
Priority: 1000
Password-Type: Primary
Password:
	requisite pam_pwhistory.so remember=10 use_authtok enforce_for_root
U
sed -i 's/ nullok//' /usr/share/pam-configs/unix
DEBIAN_FRONTEND=noninteractive pam-auth-update --package
sed -i 's/^# *\(auth  *required  *pam_wheel.so\)$/\1/; s/^#\( *\)auth\( *\)required\( *\)pam_wheel.so$/auth required pam_wheel.so/' /etc/pam.d/su
grep -q '^auth.*pam_wheel' /etc/pam.d/su
sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 60/; s/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 1/; s/^UMASK.*/UMASK 027/' /etc/login.defs
useradd -D -f 30
printf 'TMOUT=300\nreadonly TMOUT\nexport TMOUT\numask 027\n' > /etc/profile.d/hardened.sh
printf '* hard core 0\n' > /etc/security/limits.d/hardened.conf
passwd -q -l root

cat > /etc/nftables.conf <<'U'
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
    tcp dport 22 ct state new limit rate over 10/second burst 30 packets drop
    tcp dport 22 accept
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
  }
  chain output {
    type filter hook output priority 0; policy drop;
    oif lo accept
    ct state established,related accept
    tcp dport { 53, 6514 } accept
    udp dport { 53, 123 } accept
  }
}
U
systemctl -q enable nftables

mkdir -p /var/log/journal /etc/systemd/journald.conf.d
cat > /etc/systemd/journald.conf.d/hardened.conf <<'U'
[Journal]
Storage=persistent
ForwardToSyslog=yes
U
cat > /etc/rsyslog.d/10-hardened.conf <<'U'
global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="/etc/ssl/certs/ca-certificates.crt")
*.* action(type="omfwd" target="10.77.255.5" port="6514" protocol="tcp" StreamDriver="gtls"
    StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="logs.test"
    queue.type="LinkedList" queue.filename="forward" action.resumeRetryCount="-1")
U
touch /var/log/syslog /var/log/auth.log /var/log/sudo.log
chown root:adm /var/log/syslog /var/log/auth.log
chmod 640 /var/log/syslog /var/log/auth.log /var/log/sudo.log
cat > /etc/logrotate.d/rsyslog <<'U'
/var/log/syslog /var/log/auth.log /var/log/kern.log /var/log/mail.log /var/log/user.log /var/log/cron.log
{
	rotate 400
	daily
	missingok
	notifempty
	compress
	delaycompress
	sharedscripts
	postrotate
		/usr/lib/rsyslog/rsyslog-rotate
	endscript
}
U
cat > /etc/apt/apt.conf.d/20auto-upgrades <<'U'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
U
# Time: a container may not set the clock; chrony runs without touching it.
mkdir -p /etc/systemd/system/chrony.service.d
printf '[Unit]\nConditionCapability=\n' > /etc/systemd/system/chrony.service.d/test.conf
echo 'DAEMON_OPTS="-F 1 -x"' > /etc/default/chrony
printf 'server 10.77.255.6 iburst\nlocal stratum 8\n' > /etc/chrony/chrony.conf
# Integrity: the daily run is what the rule looks for.
cat > /etc/systemd/system/dailyaidecheck.timer <<'U'
[Timer]
OnCalendar=daily
[Install]
WantedBy=timers.target
U
printf '[Service]\nType=oneshot\nExecStart=/usr/bin/aide --check\n' > /etc/systemd/system/dailyaidecheck.service
systemctl -q enable dailyaidecheck.timer
