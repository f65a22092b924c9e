#!/bin/sh
# A host of today for a web application: nginx and PHP's process manager, and no site yet.
set -eu
rm -f /etc/nginx/sites-enabled/default
systemctl -q enable nginx php8.2-fpm
