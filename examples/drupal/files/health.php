<?php

/**
 * Whether this server can serve, without asking the database or the share: all servers have the same ones, and
 * replacing them all would mend neither. What is wrong goes to the log.
 */

$wrong = [];
if (!is_file('/srv/drupal/current/web/index.php')) {
  $wrong[] = 'Drupal is not there';
}
foreach (['DATABASE_SECRET_FILE', 'DRUPAL_SECRET_FILE'] as $name) {
  $text = @file_get_contents((string) getenv($name));
  if (!is_array(json_decode((string) $text, TRUE))) {
    $wrong[] = "$name cannot be read";
  }
}
if ($wrong) {
  error_log('health: ' . implode(', ', $wrong));
  http_response_code(503);
}
header('Content-Type: text/plain');
header('Cache-Control: no-store');
echo $wrong ? "not ready\n" : "ok\n";
