<?php
$db = new PDO(
    'pgsql:host=modern-db;dbname=portal',
    'portal',
    '@password@',
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
