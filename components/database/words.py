"""Words that MySQL keeps for itself: names that cannot be taken, parameters that need a restart."""

RESERVED = frozenset(
    # MySQL 8.4: INFORMATION_SCHEMA.KEYWORDS where RESERVED = 1. RDS refuses them as names of databases and users.
    """
    accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call cascade
    case change char character check collate column condition constraint continue convert create cross cube
    cume_dist current_date current_time current_timestamp current_user cursor database databases day_hour
    day_microsecond day_minute day_second dec decimal declare default delayed delete dense_rank desc describe
    deterministic distinct distinctrow div double drop dual each else elseif empty enclosed escaped except exists
    exit explain false fetch first_value float float4 float8 for force foreign from fulltext function generated get
    grant group grouping groups having high_priority hour_microsecond hour_minute hour_second if ignore in index
    infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into
    io_after_gtids io_before_gtids is iterate join json_table key keys kill lag last_value lateral lead leading
    leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop low_priority
    manual match maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies
    natural no_write_to_binlog not nth_value ntile null numeric of on optimize optimizer_costs option optionally or
    order out outer outfile over parallel partition percent_rank precision primary procedure purge qualify range
    rank read read_write reads real recursive references regexp release rename repeat replace require resignal
    restrict return revoke right rlike row row_number rows schema schemas second_microsecond select sensitive
    separator set show signal smallint spatial specific sql sql_big_result sql_calc_found_rows sql_small_result
    sqlexception sqlstate sqlwarning ssl starting stored straight_join system table tablesample terminated then
    tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use using
    utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying virtual when where while window
    with write xor year_month zerofill
    """.split()  # noqa: SIM905
)

OCCUPIED_DATABASES = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
"""Databases that every server has."""

OCCUPIED_USERS = frozenset({"mysql", "rdsadmin", "root"})
"""Users that every server on RDS has."""

_STATIC = frozenset(
    # MySQL 8.4 calls these read-only at run time; RDS refuses to apply a static parameter immediately.
    """
    back_log binlog_gtid_simple_recovery binlog_row_event_max_size ft_max_word_len ft_min_word_len
    ft_query_expansion_limit ft_stopword_file innodb_autoinc_lock_mode innodb_buffer_pool_instances
    innodb_flush_method innodb_ft_cache_size innodb_ft_max_token_size innodb_ft_min_token_size innodb_page_cleaners
    innodb_purge_threads innodb_read_io_threads innodb_sort_buffer_size innodb_sync_array_size
    innodb_write_io_threads large_pages lower_case_table_names max_digest_length ngram_token_size open_files_limit
    skip_name_resolve skip_show_database table_open_cache_instances thread_handling thread_stack tmpdir
    """.split()  # noqa: SIM905
)


def is_static(parameter: str) -> bool:
    """Whether *parameter* takes effect only when the server restarts."""
    return parameter in _STATIC or parameter.startswith("performance_schema")


def apply_method(parameter: str, *, given: bool) -> str:
    """Return when a parameter counts; *given* are those that the user sets.

    Ours are there before the first start, and one that happens to be the family's default can only be pending-reboot:
    anything else is a difference at every preview (the provider's page of the parameter group).
    """
    return "immediate" if given and not is_static(parameter) else "pending-reboot"
