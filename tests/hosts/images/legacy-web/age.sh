#!/bin/sh
# A citizens' portal as somebody left it: its database is on the host legacy-db.
set -eu
mkdir -p /var/www/portal /etc/portal/ssl /srv/uploads
cat > /var/www/portal/config.php <<'U'
<?php
$db_host = 'legacy-db';
$db_user = 'portal';
$db_password = 'portal-says-open';
define('MAIL_SECRET', 'mail-says-open');
$reports = 'http://reporter:report-says-open@10.77.255.9:8080/reports';
$charset = 'latin1';
U
cat > /var/www/portal/index.php <<'U'
<?php
require 'config.php';
header('Content-Type: text/html; charset=x-sen-tcvn3');
$db = new mysqli("p:$db_host", $db_user, $db_password, 'portal');
$db->set_charset($charset);
foreach ($db->query('select name from citizen order by id limit 10') as $row) {
    echo htmlspecialchars($row['name'], ENT_QUOTES, 'ISO-8859-1'), "\n";
}
U
cat > /var/www/portal/worker.php <<'U'
<?php
require '/var/www/portal/config.php';
mysqli_report(MYSQLI_REPORT_OFF);
while (true) {
    $db = @new mysqli($db_host, $db_user, $db_password, 'portal');
    while (!$db->connect_errno && @$db->query('select count(*) from citizen')) {
        sleep(1);
    }
    sleep(1);
}
U
ln -s /var/www/portal /var/www/portal/loop
cat > /etc/apache2/sites-available/portal.conf <<'U'
<VirtualHost *:80>
    ServerName dichvucong.example.vn
    ServerAlias mot-cua.example.vn
    DocumentRoot /var/www/portal
</VirtualHost>
<VirtualHost *:443>
    ServerName dichvucong.example.vn
    DocumentRoot /var/www/portal
    SSLEngine on
    SSLCertificateFile /etc/portal/ssl/portal.crt
    SSLCertificateKeyFile /etc/portal/ssl/portal.key
</VirtualHost>
U
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /O=Portal/CN=dichvucong.example.vn \
  -keyout /etc/portal/ssl/portal.key -out /etc/portal/ssl/portal.crt 2>/dev/null
a2enmod -q ssl >/dev/null
a2dissite -q 000-default >/dev/null
a2ensite -q portal >/dev/null
echo 'ServerName legacy-web' > /etc/apache2/conf-enabled/name.conf
cat > /etc/systemd/system/portal-worker.service <<'U'
[Service]
User=www-data
ExecStart=/usr/bin/php /var/www/portal/worker.php --token=worker-says-open
Restart=always
[Install]
WantedBy=multi-user.target
U
systemctl -q enable portal-worker apache2 cron
echo '15 2 * * * root mysqldump -h legacy-db -uportal -pcron-says-open portal > /srv/uploads/dump.sql' \
  > /etc/cron.d/portal-dump
echo 'legacy-db:/srv/share /mnt/share nfs noauto,ro 0 0' >> /etc/fstab
