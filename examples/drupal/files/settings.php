<?php

/**
 * Drupal's settings, the same on every server: all that differs comes from the environment and from secret files.
 */

use Symfony\Component\HttpFoundation\Request;

$environment = static function (string $name): string {
  $value = getenv($name);
  if ($value === FALSE || $value === '') {
    throw new RuntimeException("$name is not in the environment");
  }
  return $value;
};
// Read at each request, in memory: after a rotation the new password is used as soon as it is here.
$secret = static function (string $file): array {
  return json_decode((string) file_get_contents($file), TRUE, 8, JSON_THROW_ON_ERROR);
};
// The database's certificate is for the name that RDS gave, and DATABASE_HOST is an alias of it. The alias is asked
// for, because PHP compares the certificate with the name that it connects to.
$endpoint = static function (string $host): string {
  $known = function_exists('apcu_fetch') ? apcu_fetch("endpoint:$host") : FALSE;
  if ($known !== FALSE) {
    return $known;
  }
  $alias = filter_var($host, FILTER_VALIDATE_IP) ? [] : (@dns_get_record($host, DNS_CNAME) ?: []);
  $target = $alias[0]['target'] ?? '';
  $found = preg_match('/\.rds\.amazonaws\.com(\.cn)?$/', $target) ? $target : $host;
  if (function_exists('apcu_store')) {
    apcu_store("endpoint:$host", $found, 5);
  }
  return $found;
};

$credentials = $secret($environment('DATABASE_SECRET_FILE'));
$databases['default']['default'] = [
  'driver' => 'mysql',
  'namespace' => 'Drupal\\mysql\\Driver\\Database\\mysql',
  'autoload' => 'core/modules/mysql/src/Driver/Database/mysql/',
  'database' => $environment('DATABASE_NAME'),
  'username' => $credentials['username'],
  'password' => $credentials['password'],
  'host' => $endpoint($environment('DATABASE_HOST')),
  'port' => $environment('DATABASE_PORT'),
  'prefix' => '',
  // What Drupal recommends for MySQL.
  'init_commands' => ['isolation_level' => 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'],
  'pdo' => [
    PDO::ATTR_TIMEOUT => 5,
    PDO::MYSQL_ATTR_SSL_CA => '/etc/pki/rds/global-bundle.pem',
  ],
];
// Without replicas the reader is the writer, and a second connection to it would be for nothing.
if (getenv('DATABASE_READER_HOST')) {
  $reader = $endpoint($environment('DATABASE_READER_HOST'));
  if ($reader !== $databases['default']['default']['host']) {
    $databases['default']['replica'][] = ['host' => $reader] + $databases['default']['default'];
  }
}

$settings['hash_salt'] = $secret($environment('DRUPAL_SECRET_FILE'))['hash_salt'];
$settings['deployment_identifier'] = $environment('DRUPAL_RELEASE');

// The load balancer says who asks and whether by HTTPS, but not for which host: that header would be the client's own.
$settings['reverse_proxy'] = TRUE;
$settings['reverse_proxy_addresses'] = explode(' ', $environment('TRUSTED_PROXIES'));
$settings['reverse_proxy_trusted_headers'] =
  Request::HEADER_X_FORWARDED_FOR | Request::HEADER_X_FORWARDED_PROTO | Request::HEADER_X_FORWARDED_PORT;
$settings['trusted_host_patterns'] = array_map(
  static fn (string $host): string => '^' . str_replace('\*', '.+', preg_quote($host)) . '$',
  explode(' ', $environment('TRUSTED_HOSTS')),
);

// On the share: what visitors send, and what all servers must have alike. sites/default/files is a link to it.
$settings['file_public_path'] = 'sites/default/files';
$settings['file_private_path'] = $environment('FILES_PATH') . '/private';
// On the server itself: what PHP runs, which would be slow on the share and open to every server's mistakes.
$settings['php_storage']['default']['directory'] = '/var/lib/drupal/php';
$settings['file_temp_path'] = '/var/lib/drupal/tmp';
$settings['config_sync_directory'] = '/srv/drupal/current/config/sync';

// The code belongs to root, and nginx ignores .htaccess.
$settings['skip_permissions_hardening'] = TRUE;
$settings['auto_create_htaccess'] = FALSE;

$config['system.logging']['error_level'] = 'hide';
// The worker's timer runs cron; visitors' requests on the web servers do not.
$config['automated_cron.settings']['interval'] = 0;
