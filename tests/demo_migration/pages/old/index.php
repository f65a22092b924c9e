<?php
require 'config.php';
header('Content-Type: text/html; charset=x-sen-tcvn3');
$db = new mysqli("p:$db_host", $db_user, $db_password, 'portal');
$db->set_charset($charset);
foreach ($db->query('select name from citizen order by id limit 10') as $row) {
    echo '<li>', htmlspecialchars($row['name'], ENT_QUOTES, 'ISO-8859-1'), "</li>\n";
}
