#!/bin/sh
# A host as the rules fear it.
set -eu
cat > /etc/ssh/sshd_config.d/10-neglected.conf <<'U'
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PermitEmptyPasswords yes
MaxAuthTries 20
MaxSessions 100
MaxStartups 500
LoginGraceTime 0
ClientAliveInterval 0
Ciphers aes128-cbc,3des-cbc,aes256-ctr
MACs hmac-sha1,hmac-md5,hmac-sha2-256
KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,curve25519-sha256
HostKeyAlgorithms ssh-rsa,ssh-ed25519
X11Forwarding yes
AllowAgentForwarding yes
AllowTcpForwarding yes
PermitTunnel yes
LogLevel QUIET
IgnoreRhosts no
HostbasedAuthentication yes
PermitUserEnvironment yes
StrictModes no
UsePAM no
U
chmod 666 /etc/ssh/sshd_config.d/10-neglected.conf
printf 'Debian GNU/Linux 12 \\n \\l \\r\n' > /etc/issue
: > /etc/issue.net

useradd -m -s /bin/bash -u 1900 operator2
useradd -o -u 0 -g 0 -M -d /root -s /bin/bash toor
useradd -o -u 1900 -m -s /bin/bash shared
useradd -m -s /bin/bash test
passwd -q -d test
echo 'operator2:legacy-password' | chpasswd -c MD5
usermod -s /bin/bash games
useradd -D -f -1
chmod 777 /home/operator2 /home/test
mkdir -p /home/test/.ssh && touch /home/test/.ssh/authorized_keys && chown -R test: /home/test/.ssh
chmod 777 /home/test/.ssh && chmod 666 /home/test/.ssh/authorized_keys
printf '+ +\n' > /home/test/.rhosts
printf 'everyhost\n' > /etc/hosts.equiv
chmod 644 /etc/shadow
chmod 666 /etc/group
chmod 644 /etc/sudoers
echo 'test ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/test
echo 'Defaults !use_pty, !syslog' >> /etc/sudoers.d/test
chmod 664 /etc/sudoers.d/test
chmod 666 /etc/crontab
chmod 777 /etc/cron.daily
mkdir -p /srv/share && chmod 777 /srv/share && echo x > /srv/share/data && chmod 666 /srv/share/data
cp /usr/bin/find /usr/local/bin/sfind && chmod 4755 /usr/local/bin/sfind
echo left > /srv/left && chown 54321:54321 /srv/left
touch /var/log/auth.log /var/log/syslog && chmod 666 /var/log/auth.log && chmod 644 /var/log/syslog
printf 'PATH=.:/srv/share:$PATH\nexport PATH\numask 000\n' > /etc/profile.d/neglected.sh
sed -i 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD MD5/' /etc/login.defs

printf 'APT::Periodic::Unattended-Upgrade "0";\nAPT::Get::AllowUnauthenticated "true";\n' > /etc/apt/apt.conf.d/99neglected
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\nForwardToSyslog=no\n' > /etc/systemd/journald.conf.d/neglected.conf
echo '*.* @10.77.255.5:514' > /etc/rsyslog.d/10-neglected.conf
printf '/var/log/syslog /var/log/auth.log\n{\n\tdaily\n\trotate 3\n\tmissingok\n\tnotifempty\n}\n' > /etc/logrotate.d/rsyslog
printf 'flush ruleset\ntable inet filter {\n  chain input {\n    type filter hook input priority 0; policy accept;\n  }\n  chain forward {\n    type filter hook forward priority 0; policy accept;\n  }\n}\n' > /etc/nftables.conf
systemctl -q enable rpcbind avahi-daemon inetd 2>/dev/null || true
mkdir -p /etc/systemd/system/getty@.service.d
printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root %%I $TERM\n' > /etc/systemd/system/getty@.service.d/autologin.conf

# What must not disturb the check: a talkative shell, words in another language, sudo that wants a
# terminal.
printf 'echo "Welcome to this host"\necho "=== begin os"\n' > /home/officer/.bashrc
printf 'LANG=vi_VN.UTF-8\nLC_ALL=tr_TR.UTF-8\n' | tee /etc/default/locale >> /etc/environment
useradd -m -s /bin/bash -p '*' clerk
printf 'Defaults:clerk requiretty\nclerk ALL=(ALL) NOPASSWD: ALL\n' > /etc/sudoers.d/clerk
