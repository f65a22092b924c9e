<?php
// Takes a request of a citizen, in UTF-8.
require 'config.php';
header('Content-Type: text/plain; charset=utf-8');
$receipt = $_POST['receipt'] ?? '';
if (!preg_match('/^[a-z0-9-]{1,40}$/', $receipt) || ($_POST['_charset_'] ?? '') !== 'utf-8') {
    http_response_code(409);
    exit("The page was another one.\n");
}
if (isset($_FILES['paper'])) {
    move_uploaded_file($_FILES['paper']['tmp_name'], "/srv/uploads/$receipt.txt") || exit(1);
}
$made = $db->prepare(
    'insert into dossier (receipt, name, matter, sent) values (?, ?, ?, now()) on conflict do nothing',
);
$made->execute([$receipt, $_POST['name'], $_POST['matter']]);
$done = $db->prepare("update dossier set state = 'xong' where receipt = ?");
$done->execute([$_POST['settled']]);
echo "received $receipt\n";
