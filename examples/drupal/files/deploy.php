<?php

/**
 * The deploy hook: brings the database to this server's release, once, whichever server comes first.
 *
 * Every server runs it before it serves, so that new code never meets an old database. A lock in the database lets one
 * do the work and the others wait; it goes with the connection, so a server that dies lets the next one try. A release
 * that failed is not noted, and the server that failed is not put into service.
 *
 * With the argument `installed` it only tells, by its exit status, whether there is a site.
 */

$root = '/srv/drupal/current';
$app_root = "$root/web";
$site_path = 'sites/default';
$databases = $settings = $config = [];
require "$root/vendor/autoload.php";
require '/etc/drupal/settings.php';

$database = static function () use ($databases): PDO {
  $to = $databases['default']['default'];
  $source = "mysql:host={$to['host']};port={$to['port']};dbname={$to['database']};charset=utf8mb4";
  // As long as a fail-over takes.
  for ($attempt = 1;; $attempt++) {
    try {
      return new PDO($source, $to['username'], $to['password'], $to['pdo']);
    }
    catch (PDOException $error) {
      if ($attempt === 30) {
        throw $error;
      }
      fwrite(STDERR, "deploy: the database does not answer yet ({$error->getCode()})\n");
      sleep(10);
    }
  }
};
$ask = static function (PDO $pdo, string $query, array $values = []): mixed {
  $statement = $pdo->prepare($query);
  $statement->execute($values);
  return $statement->fetchColumn();
};

$pdo = $database();
$pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
$name = $databases['default']['default']['database'];
$release = $settings['deployment_identifier'];

// Drupal's installer makes this table first, and the entry last of all.
$installed = (bool) $ask($pdo, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = 'key_value'", [$name])
  && $ask($pdo, "SELECT COUNT(*) FROM key_value WHERE collection = 'state' AND name = 'install_task' AND value = ?", [serialize('done')]);
if (($argv[1] ?? '') === 'installed') {
  exit($installed ? 0 : 1);
}
if (!$installed) {
  echo "deploy: there is no site yet; drupal-install makes it\n";
  exit(0);
}
if ((int) $ask($pdo, 'SELECT GET_LOCK(?, 3600)', [substr("deploy.$name", 0, 64)]) !== 1) {
  fwrite(STDERR, "deploy: another server has been at it for an hour\n");
  exit(1);
}
if ($ask($pdo, "SELECT COUNT(*) FROM key_value WHERE collection = 'deployed' AND name = ?", [$release])) {
  echo "deploy: the database knows release $release\n";
  exit(0);
}
// Without exported configuration there is none to import, and `drush deploy` would stop there.
$steps = is_file("$root/config/sync/core.extension.yml") ? ['deploy'] : ['updatedb', 'cache:rebuild', 'deploy:hook'];
foreach ($steps as $step) {
  passthru(escapeshellarg("$root/vendor/bin/drush") . " --root=$app_root --yes $step", $status);
  if ($status !== 0) {
    fwrite(STDERR, "deploy: drush $step failed\n");
    exit(1);
  }
}
$ask($pdo, "REPLACE INTO key_value (collection, name, value) VALUES ('deployed', ?, ?)", [$release, serialize(gmdate('c'))]);
echo "deploy: the database is at release $release\n";
