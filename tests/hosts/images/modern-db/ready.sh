#!/bin/sh
# The cluster of Debian's package, for the network of the tenant; who starts it sets the passwords.
set -eu
etc=/etc/postgresql/15/main
cat > $etc/conf.d/tenant.conf <<'C'
listen_addresses = '*'
wal_level = logical
max_replication_slots = 20
max_wal_senders = 20
max_connections = 200
password_encryption = scram-sha-256
C
echo 'host all all 10.77.0.0/16 scram-sha-256' >> $etc/pg_hba.conf
systemctl -q enable postgresql
