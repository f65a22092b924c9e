<?php
// Takes a request of a citizen: bytes in the encoding of the page, as the browser sends them.
require 'config.php';
header('Content-Type: text/plain; charset=x-sen-tcvn3');
$receipt = $_POST['receipt'] ?? '';
if (!preg_match('/^[a-z0-9-]{1,40}$/', $receipt) || ($_POST['_charset_'] ?? '') !== 'x-sen-tcvn3') {
    http_response_code(409);
    exit("The page was another one.\n");
}
if (isset($_FILES['paper'])) {
    move_uploaded_file($_FILES['paper']['tmp_name'], "/srv/uploads/$receipt.txt") || exit(1);
}
$db = new mysqli("p:$db_host", $db_user, $db_password, 'portal');
$db->set_charset($charset);
$made = $db->prepare('insert ignore into dossier (receipt, name, matter, sent) values (?, ?, ?, now())');
$made->bind_param('sss', $receipt, $_POST['name'], $_POST['matter']);
$made->execute();
$done = $db->prepare("update dossier set state = 'xong' where receipt = ?");
$done->bind_param('s', $_POST['settled']);
$done->execute();
echo "received $receipt\n";
