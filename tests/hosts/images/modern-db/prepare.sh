#!/bin/sh
# A PostgreSQL server that other hosts reach and that can replicate; who uses it sets passwords.
set -eu
version=$(ls /etc/postgresql)
folder=/etc/postgresql/$version/main
cat > "$folder/conf.d/90-test.conf" <<'C'
listen_addresses = '*'
wal_level = logical
max_replication_slots = 20
max_wal_senders = 20
max_logical_replication_workers = 12
max_worker_processes = 24
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
wal_receiver_timeout = 5s
wal_sender_timeout = 5s
shared_buffers = 32MB
max_wal_size = 256MB
C
echo 'host all all 10.77.0.0/16 scram-sha-256' >> "$folder/pg_hba.conf"
systemctl -q enable postgresql
