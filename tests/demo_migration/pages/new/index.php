<?php
require 'config.php';
header('Content-Type: text/html; charset=utf-8');
foreach ($db->query('select name from citizen order by id limit 10') as $row) {
    echo '<li>', htmlspecialchars($row['name']), "</li>\n";
}
