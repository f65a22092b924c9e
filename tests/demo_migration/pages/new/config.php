<?php
$db = new PDO(
    'pgsql:host=modern-db;dbname=portal',
    'portal',
    trim(file_get_contents('/etc/portal/secret')),
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
