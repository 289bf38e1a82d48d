import pytest

from tests.sandbox.athena.conftest import Lake

NY = "America/New_York"
TOKYO, UTC = "TIMESTAMP '2020-01-01 10:00 Asia/Tokyo'", "TIMESTAMP '2020-01-01 01:00 UTC'"
ZONED = "timestamp with time zone"
CALLS: list[tuple[str, str | None]] = [
    ("TIME '10:00'", "10:00:00"),
    ("date_add('second',86,TIMESTAMP '2020-03-01 00:00:00')", "2020-03-01 00:01:26"),
    ("date_add('hour',9,TIMESTAMP '2020-03-01 00:00:00')", "2020-03-01 09:00:00"),
    ("date_add('day',-1,TIMESTAMP '2020-03-01 00:00:00 UTC')", "2020-02-29 00:00:00 UTC"),
    ("date_add('month',1,DATE '2020-01-31')", "2020-02-29"),
    ("date_add('quarter',1,DATE '2020-01-31')", "2020-04-30"),
    ("date_add('week',1,DATE '2020-01-31')", "2020-02-07"),
    ("date_add('year',1,DATE '2020-02-29')", "2021-02-28"),
    ("date_add('millisecond',86,TIMESTAMP '2020-03-01 00:00:00')", "2020-03-01 00:00:00"),
    (
        "date_diff('second',TIMESTAMP '2020-03-01 00:00:00',TIMESTAMP '2020-03-02 00:00:00')",
        "86400",
    ),
    (
        "date_diff('hour',TIMESTAMP '2020-03-01 00:00:00 UTC',TIMESTAMP '2020-03-02 00:00:00 UTC')",
        "24",
    ),
    ("date_diff('day',DATE '2020-03-01',DATE '2020-03-02')", "1"),
    ("date_diff('day',DATE '2020-03-02',DATE '2020-03-01')", "-1"),
    ("date_diff('month',DATE '2020-01-31',DATE '2020-03-01')", "1"),
    ("date_diff('month',DATE '2020-01-31',DATE '2020-02-29')", "1"),
    ("date_diff('quarter',DATE '2020-01-01',DATE '2020-06-30')", "1"),
    ("date_diff('week',DATE '2020-01-01',DATE '2020-01-14')", "1"),
    ("date_trunc('month',TIMESTAMP '2022-10-20 05:10:00')", "2022-10-01 00:00:00"),
    ("date_trunc('week',DATE '2024-03-03')", "2024-02-26"),
    ("date_trunc('hour',TIMESTAMP '2022-10-20 05:10:00 UTC')", "2022-10-20 05:00:00 UTC"),
    ("date_trunc('quarter',DATE '2022-05-20')", "2022-04-01"),
    ("date_trunc('day', TIMESTAMP '2022-10-20 05:10:00')", "2022-10-20 00:00:00"),
    ("date_format(TIMESTAMP '2022-10-20 05:10:09.123','%m-%d-%Y %H')", "10-20-2022 05"),
    (
        "date_format(TIMESTAMP '2022-10-05 15:10:09.123','%a %b %c %e %f %h %I %i %j %k %l %M %p %r %s %S %T %v %W %x %y %%')",
        "Wed Oct 10 5 123000 03 03 10 278 15 3 October PM 03:10:09 PM 09 09 15:10:09 40 Wednesday 2022 22 %",
    ),
    ("date_format(DATE '2020-01-02','%Y')", "2020"),
    ("date_parse('2022/10/20/05','%Y/%m/%d/%H')", "2022-10-20 05:00:00.000"),
    ("date_parse('2020-1-2 3:4:5','%Y-%m-%d %H:%i:%s')", "2020-01-02 03:04:05.000"),
    ("date_parse('Jan 5 20','%b %e %y')", "2020-01-05 00:00:00.000"),
    ("date_parse('10:11:12 PM','%r')", "1970-01-01 22:11:12.000"),
    ("date_parse('2020-01-01 00:00:00.123456','%Y-%m-%d %H:%i:%s.%f')", "2020-01-01 00:00:00.123"),
    (
        "format_datetime(TIMESTAMP '2022-10-05 15:10:09.123','yyyy-MM-dd''T''HH:mm:ss.SSS')",
        "2022-10-05T15:10:09.123",
    ),
    (
        "format_datetime(TIMESTAMP '2022-10-05 05:10:09','d/M/yy h:m:s a E EEEE MMM MMMM D w x e K k S')",
        "5/10/22 5:10:9 AM Wed Wednesday Oct October 278 40 2022 3 5 5 0",
    ),
    ("format_datetime(TIMESTAMP '2022-10-05 05:10:09 UTC','Z ZZ z')", "+0000 +00:00 UTC"),
    (
        "parse_datetime('2020-09-24T00:05:00Z','yyyy-MM-dd''T''HH:mm:ss''Z')",
        "2020-09-24 00:05:00.000 UTC",
    ),
    ("parse_datetime('1960/01/22 03:04','YYYY/MM/dd HH:mm')", "1960-01-22 03:04:00.000 UTC"),
    ("parse_datetime('05:06 PM','hh:mm a')", "1970-01-01 17:06:00.000 UTC"),
    ("from_iso8601_date('2020-05-11')", "2020-05-11"),
    ("from_iso8601_date('2020-W10')", "2020-03-02"),
    ("from_iso8601_date('2020-123')", "2020-05-02"),
    ("from_iso8601_timestamp('2020-05-11')", "2020-05-11 00:00:00.000 UTC"),
    ("from_iso8601_timestamp('2020-05-11T11:15:05')", "2020-05-11 11:15:05.000 UTC"),
    ("from_iso8601_timestamp('2024-03-01T00:00:00Z')", "2024-03-01 00:00:00.000 UTC"),
    ("from_unixtime(1.5)", "1970-01-01 00:00:01.500 UTC"),
    ("from_unixtime(0)", "1970-01-01 00:00:00.000 UTC"),
    ("from_unixtime(1617256617, 'UTC')", "2021-04-01 05:56:57.000 UTC"),
    ("from_unixtime_nanos(1000000000)", "1970-01-01 00:00:01.000000000 UTC"),
    ("to_unixtime(TIMESTAMP '1970-01-01 00:00:01.5')", "1.5"),
    ("to_iso8601(TIMESTAMP '2020-01-02 03:04:05')", "2020-01-02T03:04:05"),
    ("to_iso8601(DATE '2020-01-02')", "2020-01-02"),
    ("day_of_week(DATE '2024-03-03')", "7"),
    ("extract(dow FROM DATE '2024-03-03')", "7"),
    ("extract(day_of_week FROM DATE '2024-03-03')", "7"),
    ("dow(DATE '2024-03-03')", "7"),
    ("day_of_year(DATE '2024-03-03')", "63"),
    ("extract(doy FROM DATE '2024-03-03')", "63"),
    ("week(DATE '2024-01-01')", "1"),
    ("year_of_week(DATE '2021-01-01')", "2020"),
    ("yow(DATE '2021-01-01')", "2020"),
    ("quarter(DATE '2021-05-01')", "2"),
    ("day(DATE '2021-05-09')", "9"),
    ("month(DATE '2021-05-01')", "5"),
    ("year(DATE '2021-05-01')", "2021"),
    ("year(NULL)", None),
    ("hour(TIMESTAMP '2020-01-01 05:06:07.089')", "5"),
    ("minute(TIMESTAMP '2020-01-01 05:06:07.089')", "6"),
    ("second(TIMESTAMP '2020-01-01 05:06:07.089')", "7"),
    ("millisecond(TIMESTAMP '2020-01-01 05:06:07.089')", "89"),
    ("extract(second FROM TIMESTAMP '2020-01-01 05:06:07.089')", "7"),
    ("extract(hour FROM TIME '05:06:07')", "5"),
    ("last_day_of_month(DATE '2024-02-05')", "2024-02-29"),
    ("to_milliseconds(INTERVAL '8' DAY)", "691200000"),
    ("human_readable_seconds(96)", "1 minute, 36 seconds"),
    ("human_readable_seconds(3762)", "1 hour, 2 minutes, 42 seconds"),
    ("human_readable_seconds(56363463)", "93 weeks, 1 day, 8 hours, 31 minutes, 3 seconds"),
    ("to_milliseconds(parse_duration('3.81d'))", "329184000"),
    ("DATE '2024-03-01' - DATE '2024-02-28'", "2 00:00:00.000"),
    ("TIMESTAMP '2024-03-01 01:00:00' - TIMESTAMP '2024-02-28 00:00:00'", "2 01:00:00.000"),
    ("INTERVAL '3' MONTH", "0-3"),
    ("INTERVAL '2' YEAR", "2-0"),
    ("INTERVAL '2' DAY", "2 00:00:00.000"),
    ("INTERVAL '1' DAY * 2", "2 00:00:00.000"),
    ("INTERVAL '-5' HOUR", "-0 05:00:00.000"),
    ("DATE '2024-01-31' + INTERVAL '1' MONTH", "2024-02-29"),
    ("TIMESTAMP '2024-01-31 00:00:00' - INTERVAL '1' SECOND", "2024-01-30 23:59:59.000"),
    ("TIME '01:00' + INTERVAL '3' HOUR", "04:00:00.000"),
    ("date '2012-08-08' + interval '2' day", "2012-08-10"),
    ("TIMESTAMP '2020-01-01 00:00:00 +02:00'", "2020-01-01 00:00:00 +02:00"),
    (
        "TIMESTAMP '2020-01-01 00:00:00 America/New_York'",
        "2020-01-01 00:00:00 America/New_York",
    ),
    ("hour(TIMESTAMP '2020-01-01 10:00:00 Asia/Tokyo')", "10"),
    ("TIMESTAMP '2020-01-01 10:00 Asia/Tokyo' = TIMESTAMP '2020-01-01 01:00 UTC'", "true"),
    ("CAST(TIMESTAMP '2020-06-01 02:00 +05:30' AS date)", "2020-06-01"),
    ("timezone_hour(TIMESTAMP '2020-06-01 02:00 +05:30')", "5"),
    ("from_unixtime(0, '+05:30')", "1970-01-01 05:30:00.000 +05:30"),
    ("TIMESTAMP '2020-01-01 10:00 UTC' AT TIME ZONE '-03:30'", "2020-01-01 06:30:00 -03:30"),
    (
        "CAST('2020-01-01 10:00 Asia/Tokyo' AS timestamp with time zone)",
        "2020-01-01 10:00:00.000 Asia/Tokyo",
    ),
    ("CAST('2020-01-01 UTC' AS timestamp with time zone)", "2020-01-01 00:00:00.000 UTC"),
    ("CAST('2020-01-01 10:00 -03' AS timestamp with time zone)", "2020-01-01 10:00:00.000 -03:00"),
    ("TIMESTAMP '2020-01-01 +01:00'", "2020-01-01 00:00:00 +01:00"),
    ("TIMESTAMP '2020-01-01 Asia/Tokyo' = TIMESTAMP '2019-12-31 15:00 UTC'", "true"),
    ("CAST('2020-01-01 +01:00' AS timestamp)", "2020-01-01 00:00:00.000"),
    ("CAST('+2020-01-01' AS date) = CAST('+2020-01-01 00:00' AS timestamp)", "true"),
    ("year(CAST('+12020-01-01 10:00' AS timestamp))", "12020"),
    ("INTERVAL '3' MONTH / 2", "0-1"),
    ("2 * INTERVAL '36' HOUR", "3 00:00:00.000"),
    ("INTERVAL '1' DAY / 2", "0 12:00:00.000"),
    ("DATE '2020-01-01' + INTERVAL '48' HOUR", "2020-01-03"),
    ("INTERVAL '1' YEAR + DATE '2020-02-29'", "2021-02-28"),
    ("at_timezone(TIMESTAMP '2020-01-01 00:00:00 UTC','UTC')", "2020-01-01 00:00:00 UTC"),
    (
        "with_timezone(TIMESTAMP '2021-08-01 00:00:00','America/New_York')",
        "2021-08-01 00:00:00 America/New_York",
    ),
    ("current_timezone()", "UTC"),
    ("localtimestamp(0) IS NOT NULL", "true"),
    ("timezone_hour(now())", "0"),
    ("timezone_hour(CAST(NULL AS timestamp with time zone))", None),
    ("extract(TIMEZONE_HOUR FROM TIMESTAMP '2020-06-01 02:00 -03:30')", "-3"),
    ("extract(timezone_minute FROM TIMESTAMP '2020-06-01 02:00 -03:30')", "-30"),
    ("extract(timezone_hour FROM now())", "0"),
    ("extract(day FROM INTERVAL '3' DAY)", "3"),
    ("extract(month FROM INTERVAL '3' MONTH)", "3"),
    ("current_date = date(now())", "true"),
    ("timezone_minute(TIMESTAMP '2020-01-01 00:00:00 UTC')", "0"),
    ("day_of_month(DATE '2024-03-03')", "3"),
    ("week_of_year(DATE '2024-01-08')", "2"),
    ("doy(DATE '2024-03-03')", "63"),
    ("from_iso8601_timestamp_nanos('2024-03-01T00:00:00Z')", "2024-03-01 00:00:00.000000000 UTC"),
    ("date_format(DATE '2024-03-03', concat('%Y', '-%e'))", "2024-3"),
    ("INTERVAL '1 02:03:04.5' DAY TO SECOND", "1 02:03:04.500"),
    ("INTERVAL '-1-2' YEAR TO MONTH", "-1-2"),
    (
        "at_timezone(TIMESTAMP '2020-01-01 00:00:00 UTC', 'America/New_York')",
        "2019-12-31 19:00:00 America/New_York",
    ),
    ("from_unixtime(0, 'Asia/Tokyo')", "1970-01-01 09:00:00.000 Asia/Tokyo"),
    ("typeof(now() AT TIME ZONE 'Asia/Tokyo')", "timestamp(3) with time zone"),
    (
        "CAST(from_unixtime(0) AT TIME ZONE 'Asia/Tokyo' AS varchar)",
        "1970-01-01 09:00:00.000 Asia/Tokyo",
    ),
    ("hour(from_unixtime(0) AT TIME ZONE 'Asia/Tokyo')", "9"),
    ("date(from_unixtime(0, 'America/New_York'))", "1969-12-31"),
    ("from_unixtime(0) AT TIME ZONE 'Asia/Tokyo' = from_unixtime(0)", "true"),
    ("from_unixtime(0, 'Asia/Tokyo') > TIMESTAMP '1970-01-01 01:00:00 UTC'", "false"),
    ("from_unixtime(0, 'Asia/Tokyo') BETWEEN from_unixtime(-1) AND from_unixtime(1)", "true"),
    ("to_unixtime(from_unixtime(5, 'Asia/Tokyo'))", "5.0"),
    ("date_diff('hour', from_unixtime(0), from_unixtime(3600, 'Asia/Tokyo'))", "1"),
    ("to_iso8601(from_unixtime(0, 'America/New_York'))", "1969-12-31T19:00:00.000-05:00"),
    ("timezone_hour(from_unixtime(0, 'America/New_York'))", "-5"),
    ("timezone_minute(from_unixtime(0, 'Asia/Kolkata'))", "30"),
    ("date_trunc('day', from_unixtime(0, 'Asia/Tokyo'))", "1970-01-01 00:00:00.000 Asia/Tokyo"),
    ("date_add('day', 1, from_unixtime(0, 'Asia/Tokyo'))", "1970-01-02 09:00:00.000 Asia/Tokyo"),
    ("from_unixtime(0, 'Asia/Tokyo') + interval '1' hour", "1970-01-01 10:00:00.000 Asia/Tokyo"),
    ("date_format(from_unixtime(0, 'Asia/Tokyo'), '%H')", "09"),
    (
        "at_timezone(from_unixtime(0, 'Asia/Tokyo'), 'America/New_York')",
        "1969-12-31 19:00:00.000 America/New_York",
    ),
    (
        "CAST(from_unixtime(0, 'Asia/Tokyo') AT TIME ZONE 'UTC' AS timestamp)",
        "1970-01-01 00:00:00.000",
    ),
    (
        "CAST(format_datetime(from_unixtime(0, 'Asia/Tokyo'), 'yyyy-MM-dd HH:mm:ss.SSS') AS timestamp)",
        "1970-01-01 09:00:00.000",
    ),
    (
        "CAST(from_unixtime(0, 'Asia/Tokyo') AS timestamp with time zone)",
        "1970-01-01 09:00:00.000 Asia/Tokyo",
    ),
    (
        "CAST(TIMESTAMP '2020-01-01 10:00:00.6 Asia/Tokyo' AS timestamp(0) with time zone)",
        "2020-01-01 10:00:01 Asia/Tokyo",
    ),
    ("typeof(ARRAY[now() AT TIME ZONE 'Asia/Tokyo'])", "array(timestamp(3) with time zone)"),
    *(
        (f"{one.format(TOKYO)} = {one.format(UTC)}", "true")
        for one in ("ARRAY[{}]", "ROW({}, 1)", "MAP(ARRAY[1], ARRAY[{}])")
    ),
    (f"{UTC} IN (SELECT t FROM (VALUES {TOKYO}) x(t))", "true"),
    (f"{TOKYO} IN (SELECT t FROM (VALUES {UTC}) x(t))", "true"),
    # Zones that differ by row: what they are is not known, the instants are.
    *(
        (f"{call} FROM (VALUES {TOKYO}, CAST('2020-01-01 09:00 +08:00' AS {ZONED}), NULL) x(t)", v)
        for call, v in (
            (f"count_if(t = {UTC})", "2"),
            ("count_if(t IS NULL)", "1"),
            (f"count_if(t BETWEEN {UTC} AND {UTC})", "2"),
            (
                "array_agg(DISTINCT CAST(t AT TIME ZONE 'UTC' AS timestamp))",
                "[2020-01-01 01:00:00.000, null]",
            ),
            (f"max(CAST(t AS {ZONED}) AT TIME ZONE 'UTC')", "2020-01-01 01:00:00.000 UTC"),
        )
    ),
    ("from_unixtime(0) AT TIME ZONE '+09:00'", "1970-01-01 09:00:00.000 +09:00"),
    ("format_datetime(from_unixtime(0, 'Asia/Tokyo'), 'HH:mm')", "09:00"),
    ("from_unixtime(0, 5, 30)", "1970-01-01 05:30:00.000 +05:30"),
    ("from_unixtime(3600, 0, 0)", "1970-01-01 01:00:00.000 UTC"),
    # The zone is a column: the local time is known, the zone is not.
    ("hour(at_timezone(from_unixtime(0), z)) FROM (VALUES 'Asia/Tokyo') t(z)", "9"),
    ("hour(from_unixtime(0) AT TIME ZONE z) FROM (VALUES 'Asia/Tokyo') t(z)", "9"),
    ("hour(from_unixtime(0, h, 0)) FROM (VALUES 9) t(h)", "9"),
    ("date(from_unixtime(0, z)) FROM (VALUES 'America/New_York') t(z)", "1969-12-31"),
    ("date_format(from_unixtime(0, z), '%H') FROM (VALUES 'Asia/Tokyo') t(z)", "09"),
    ("hour(date_add('hour', 2, from_unixtime(0, z))) FROM (VALUES 'Asia/Tokyo') t(z)", "11"),
    (
        "to_unixtime(with_timezone(TIMESTAMP '1970-01-01 09:00:00', z)) FROM (VALUES 'Asia/Tokyo') t(z)",
        "0.0",
    ),
    ("parse_datetime('2020-01-01','yyyy-MM-dd') AT TIME ZONE 'UTC'", "2020-01-01 00:00:00.000 UTC"),
    # Fields of an interval are what is left beside the larger ones.
    ("day(INTERVAL '90061.234' SECOND)", "1"),
    ("hour(INTERVAL '90061.234' SECOND)", "1"),
    ("millisecond(INTERVAL '90061.234' SECOND)", "234"),
    ("hour(INTERVAL '-90061' SECOND)", "-1"),
    ("extract(day FROM INTERVAL '55' HOUR)", "2"),
    ("month(INTERVAL '-29' MONTH)", "-5"),
    ("date_parse('2020-01-01 12:35','%Y-%m-%d %h:%i')", "2020-01-01 00:35:00.000"),
    ("human_readable_seconds(-96)", "1 minute, 36 seconds"),
    ("with_timezone(TIMESTAMP '2020-01-01 00:00:00', '+13')", "2020-01-01 00:00:00 +13:00"),
    ("date_trunc('hour', TIME '10:35:12.345')", "10:00:00.000"),
    ("date_diff('minute', TIME '10:35:12', TIME '12:00:00')", "84"),
    ("CAST(TIMESTAMP '2020-01-01 10:00:00 Europe/Berlin' AS time)", "10:00:00.000"),
    ("CAST(TIMESTAMP '2020-01-01 10:00:00 UTC' AS time with time zone)", "10:00:00.000+00:00"),
    # A literal has as many digits of its second as it is written with, and what is made of it too.
    ("TIMESTAMP '2020-01-01 00:00:00.1200'", "2020-01-01 00:00:00.1200"),
    ("TIMESTAMP '2020-01-01 00:00:00.123456 Asia/Tokyo'", "2020-01-01 00:00:00.123456 Asia/Tokyo"),
    ("TIMESTAMP '2020-01-01 00:00:00.123456000'", "2020-01-01 00:00:00.123456000"),
    ("TIME '10:00:00.5+00:00'", "10:00:00.5+00:00"),
    ("date_trunc('hour', TIMESTAMP '2020-01-01 01:02:03.123456')", "2020-01-01 01:00:00.000000"),
    ("date_add('millisecond', 600, TIMESTAMP '2020-01-01 00:00:00')", "2020-01-01 00:00:01"),
    ("TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '1' MONTH", "2020-02-01 00:00:00"),
    ("INTERVAL '1' DAY + TIMESTAMP '2020-01-01 00:00:00.123456'", "2020-01-02 00:00:00.123456"),
    ("TIMESTAMP '2020-01-01 00:00:00 UTC' - INTERVAL '1' DAY", "2019-12-31 00:00:00.000 UTC"),
    ("to_iso8601(TIMESTAMP '2020-01-01 00:00:00.12 UTC')", "2020-01-01T00:00:00.12Z"),
    ("to_iso8601(TIMESTAMP '2020-01-01 00:00:00 +01:00')", "2020-01-01T00:00:00+01:00"),
    # Where clocks are put forward an hour is an hour, and a day of an interval 24 of them.
    *(
        (call.replace("NY", NY), value.replace("NY", NY))
        for call, value in (
            ("TIMESTAMP '2024-03-10 01:30 NY' + INTERVAL '1' HOUR", "2024-03-10 03:30:00.000 NY"),
            ("INTERVAL '1' DAY + TIMESTAMP '2024-03-09 02:30 NY'", "2024-03-10 03:30:00.000 NY"),
            ("TIMESTAMP '2024-03-11 00:30 NY' - INTERVAL '1' DAY", "2024-03-09 23:30:00.000 NY"),
            ("TIMESTAMP '2024-02-10 02:30 NY' + INTERVAL '1' MONTH", "2024-03-10 03:30:00 NY"),
            ("date_add('day', 1, TIMESTAMP '2024-03-09 12:00 NY')", "2024-03-10 12:00:00 NY"),
            ("date_add('hour', 24, TIMESTAMP '2024-03-09 12:00 NY')", "2024-03-10 13:00:00 NY"),
            (
                "TIMESTAMP '2024-03-10 03:00 NY' - TIMESTAMP '2024-03-10 01:00 NY'",
                "0 01:00:00.000",
            ),
        )
    ),
    # These know milliseconds.
    ("date_format(TIMESTAMP '2020-01-01 00:00:00.123956', '%f')", "123000"),
    ("format_datetime(TIMESTAMP '2020-01-01 00:00:00.123956', 'SSSSSS')", "123000"),
    (
        "date_diff('millisecond', TIMESTAMP '2020-01-01 00:00:00.1239', TIMESTAMP '2020-01-01 00:00:00.2231')",
        "100",
    ),
    ("to_unixtime(TIMESTAMP '1970-01-01 00:00:01.123456')", "1.123456"),
    ("typeof(TIMESTAMP '2020-01-01')", "timestamp(0)"),
    ("typeof(TIME '10:00:00.12')", "time(2)"),
    ("typeof(TIMESTAMP '2020-01-01 00:00:00.5 Asia/Tokyo')", "timestamp(1) with time zone"),
    ("typeof(current_timestamp(6))", "timestamp(6) with time zone"),
    ("typeof(localtime(0))", "time(0)"),
    ("typeof(from_unixtime_nanos(1))", "timestamp(9) with time zone"),
    ("current_timestamp = now()", "true"),
    ("CAST(localtimestamp AS timestamp(6)) = localtimestamp", "true"),
    ("from_iso8601_timestamp('2020-01-01T00:00:00.1239Z')", "2020-01-01 00:00:00.123 UTC"),
    (
        "from_iso8601_timestamp_nanos(t) FROM (VALUES '2020-01-01T00:00:00.123456Z') x(t)",
        "2020-01-01 00:00:00.123456000 UTC",
    ),
    ("from_unixtime_nanos(-1000)", "1969-12-31 23:59:59.999999000 UTC"),
    # A cast rounds.
    ("CAST(TIMESTAMP '2020-01-01 00:00:00.123956' AS timestamp)", "2020-01-01 00:00:00.124"),
    ("CAST('2020-01-01 00:00:00.1234567' AS timestamp(6))", "2020-01-01 00:00:00.123457"),
    ("CAST(TIMESTAMP '1960-01-01 00:00:00.9995' AS timestamp)", "1960-01-01 00:00:01.000"),
    ("CAST(TIME '23:59:59.9996' AS time)", "00:00:00.000"),
    ("CAST('2020-01-01 00:00:00.1239' AS timestamp)", "2020-01-01 00:00:00.124"),
    ("CAST('2020-01-01 23:59:59.999999' AS timestamp)", "2020-01-02 00:00:00.000"),
    ("TIMESTAMP '2020-01-01 23:59:59.999999' < TIMESTAMP '2020-01-02 00:00:00'", "true"),
    ("CAST(TIMESTAMP '2020-01-01 00:00:00.6' AS timestamp(0))", "2020-01-01 00:00:01"),
    ("CAST(t AS time) FROM (VALUES '10:11:12.3456') x(t)", "10:11:12.346"),
    # Texts of a column may name UTC, and any zone where no local time is asked for.
    *(
        (f"{call} FROM (VALUES '2020-01-01 00:00:00 +01:00') x(t)", value)
        for call, value in (
            ("CAST(t AS timestamp with time zone) < TIMESTAMP '2020-01-01 00:00:00 UTC'", "true"),
            (
                "CAST(t AS timestamp with time zone) AT TIME ZONE 'Asia/Tokyo'",
                "2020-01-01 08:00:00.000 Asia/Tokyo",
            ),
            (
                "CAST(replace(t, '00:00:00 ') AS timestamp with time zone) AT TIME ZONE 'UTC'",
                "2019-12-31 23:00:00.000 UTC",
            ),
            ("to_unixtime(parse_datetime(t, 'yyyy-MM-dd HH:mm:ss Z'))", "1.5778332E9"),
            (
                "to_unixtime(from_iso8601_timestamp(replace(replace(t, ' ', 'T'), 'T+', '+')))",
                "1.5778332E9",
            ),
            ("TRY(to_unixtime(CAST(t AS timestamp with time zone)))", "1.5778332E9"),
            ("TRY(CAST(t || 'x' AS timestamp with time zone))", None),
            (
                "CAST(CAST(t AS timestamp with time zone) AT TIME ZONE 'UTC' AS timestamp)",
                "2019-12-31 23:00:00.000",
            ),
        )
    ),
    (
        "from_iso8601_timestamp(t) FROM (VALUES '2020-01-01T00:00:00Z') x(t)",
        "2020-01-01 00:00:00.000 UTC",
    ),
    ("from_iso8601_timestamp(t) FROM (VALUES '2020-01-01') x(t)", "2020-01-01 00:00:00.000 UTC"),
    (
        "parse_datetime(t, 'yyyy-MM-dd HH:mm Z') FROM (VALUES '2020-01-01 00:00 +0000') x(t)",
        "2020-01-01 00:00:00.000 UTC",
    ),
    ("TRY(from_iso8601_timestamp('bad'))", None),
]
# What is a local time of the zone in a literal's text cannot be one where the text is a column's.
ZONED_CALLS = [
    *(
        (
            f"date_diff('{unit}', TIMESTAMP '2024-03-09 12:00 {NY}', TIMESTAMP '2024-03-10 12:00 {NY}')",
            n,
        )
        for unit, n in (("day", "1"), ("hour", "23"))
    ),
    (
        "from_iso8601_timestamp_nanos('2020-01-01T00:00:00.5+01:00')",
        "2020-01-01 00:00:00.500000000 +01:00",
    ),
    ("from_iso8601_timestamp('2020-05-11T11:15:05.055+01:00')", "2020-05-11 11:15:05.055 +01:00"),
    ("date(from_iso8601_timestamp('2020-05-11T01:15:05+05:30'))", "2020-05-11"),
    ("hour(from_iso8601_timestamp('2020-05-11T11:15:05+05:30'))", "11"),
    (
        "parse_datetime('10/Oct/2000:13:55:36 -0700','dd/MMM/yyyy:HH:mm:ss Z')",
        "2000-10-10 13:55:36.000 -07:00",
    ),
    (
        "parse_datetime('2020-01-01 00:00:00.5 +05:30','yyyy-MM-dd HH:mm:ss.S Z')",
        "2020-01-01 00:00:00.500 +05:30",
    ),
    (
        "parse_datetime('2020-05-11 11:15 America/New_York','yyyy-MM-dd HH:mm ZZZ')",
        "2020-05-11 11:15:00.000 America/New_York",
    ),
    (
        "parse_datetime('2020-05-11 11:15 EDT','yyyy-MM-dd HH:mm z')",
        "2020-05-11 11:15:00.000 America/New_York",
    ),
    (
        "CAST('2020-01-01 10:00:00 +05:30' AS timestamp with time zone)",
        "2020-01-01 10:00:00.000 +05:30",
    ),
    ("CAST('2020-01-01 +05:30' AS timestamp with time zone)", "2020-01-01 00:00:00.000 +05:30"),
]
FAILURES = [
    ("TIMESTAMP '2020-01-01 00:00:00.1234567'", "holds times to the microsecond"),
    ("CAST('2020-01-01 00:00:00.1234567' AS timestamp(9))", "holds times to the microsecond"),
    ("from_unixtime(1600000000000000)", "Millis overflow: 1600000000000000000"),
    ("from_unixtime_nanos(1)", "holds times to the microsecond"),
    # The text of a date is none.
    *(
        (
            call,
            f"Unexpected parameters ({kinds}) for function {call.partition('(')[0]}.",
        )
        for call, kinds in (
            ("date_add('day',1,'2020-01-01')", "varchar(3), integer, varchar(10)"),
            ("date_add('day','1',DATE '2020-01-01')", "varchar(3), varchar(1), date"),
            (
                "date_diff('day','2020-01-01',now())",
                "varchar(3), varchar(10), timestamp(3) with time zone",
            ),
            ("date_trunc('day','2020-01-01')", "varchar(3), varchar(10)"),
            ("date_format('2020-01-01','%Y')", "varchar(10), varchar(2)"),
            ("format_datetime('2020-01-01','yyyy')", "varchar(10), varchar(4)"),
            ("to_iso8601('2020-01-01')", "varchar(10)"),
            ("from_unixtime('1600000000')", "varchar(10)"),
            ("date_format(CAST(t AS varchar),'%Y') FROM (VALUES 1) x(t)", "varchar, varchar(2)"),
        )
    ),
    ("date_add('hour',1,DATE '2020-01-31')", "'hour' is not a valid DATE field"),
    (
        "date_format(TIMESTAMP '2020-01-01 00:00:00','%D')",
        "%D not currently supported in the date format string",
    ),
    ("date_parse('x','%Y')", "INVALID_FUNCTION_ARGUMENT: Invalid format"),
    ("DATE '2020-01-01' + INTERVAL '1' HOUR", "Cannot add hour, minutes or seconds to a date"),
    ("INTERVAL '1' DAY + 1", "TYPE_MISMATCH"),
    ("INTERVAL '1' DAY - 1", "Cannot apply operator: interval day to second - integer"),
    ("INTERVAL '1' DAY - DATE '2020-01-01'", "Cannot apply operator"),
    ("1 / INTERVAL '1' DAY", "Cannot apply operator"),
    ("parse_datetime('x','yyyy')", "INVALID_FUNCTION_ARGUMENT: Invalid format"),
    ("from_iso8601_date('2020/05/11')", "Invalid format"),
    (
        "extract(timezone_hour FROM localtimestamp)",
        "Cannot extract TIMEZONE_HOUR from timestamp(3)",
    ),
    ("extract(hour FROM DATE '2020-01-01')", "Cannot extract HOUR from date"),
    ("extract(month FROM INTERVAL '1' DAY)", "Cannot extract MONTH from interval day to second"),
    ("extract(century FROM now())", "Invalid EXTRACT field: CENTURY"),
    ("coalesce(from_unixtime(0, 'Asia/Tokyo'), now())", "time zones differ by row"),
    *(
        (call, "time zones differ by row")
        for call in (
            f"contains(ARRAY[{TOKYO}], {UTC})",
            f"array_position(ARRAY[{TOKYO}], {UTC})",
            f"arrays_overlap(ARRAY[{TOKYO}], ARRAY[{UTC}])",
            f"ARRAY[{TOKYO}] || {UTC}",
            f"nullif({TOKYO}, {UTC})",
            f"CASE {TOKYO} WHEN {UTC} THEN 1 END",
            f"lead({TOKYO}, 1, {UTC}) OVER ()",
            f"1 FROM (SELECT {TOKYO} t) a JOIN (SELECT {UTC} t) b USING (t)",
            *(
                f"{call} FROM (VALUES {TOKYO}, {UTC}) x(t)"
                for call in (
                    "t",
                    "*",
                    "hour(t)",
                    "ARRAY[t]",
                    "CAST(t AS varchar)",
                    "CAST(t AS date)",
                    "t + INTERVAL '1' DAY",
                    "hour((SELECT t))",
                    "max(t)",
                )
            ),
        )
    ),
    # AWS is said to give the time in UTC, Trino gives that in the zone.
    *(
        (call, "does not cast times in another zone than UTC to timestamp")
        for call in (
            f"CAST({TOKYO} AS timestamp)",
            f"TRY_CAST({TOKYO} AS timestamp(6))",
            f"CAST(ARRAY[{TOKYO}] AS array(timestamp))",
            f"CAST(ROW(1, {TOKYO}) AS row(a int, b timestamp))",
            f"CAST(t AS timestamp) FROM (VALUES {TOKYO}, {UTC}) x(t)",
            "CAST(now() AT TIME ZONE z AS timestamp) FROM (VALUES 'Asia/Tokyo') x(z)",
        )
    ),
    (
        "CAST(CAST(t AS timestamp with time zone) AS timestamp) FROM (VALUES '2020-01-01 00:00 +01:00') x(t)",
        "time zones differ by row: +01:00",
    ),
    ("TIME '01:02:03 +02:00'", "no TIME with an offset from UTC: 01:02:03 +02:00"),
    (
        "CAST(TIMESTAMP '2020-01-01 10:00:00 Europe/Berlin' AS time with time zone)",
        "no TIME with an offset from UTC: Europe/Berlin",
    ),
    ("TIME '24:00:00'", "Value cannot be cast to time: 24:00:00"),
    (
        "CAST('2020-01-01+01:00' AS timestamp with time zone)",
        "Value cannot be cast to timestamp: 2020-01-01+01:00",
    ),
    ("from_unixtime(1600000000000)", "shows no years before 1 and after 9999"),
    ("DATE '-0001-01-01'", "shows no years before 1 and after 9999"),
    ("TIMESTAMP '2020-01-01 24:00:00'", "Value cannot be cast to timestamp: 2020-01-01 24:00:00"),
    (
        "with_timezone(TIMESTAMP '2020-01-01 00:00:00', 'No/Where')",
        "Time zone not supported: No/Where",
    ),
    ("now() AT TIME ZONE '+25:00'", "Time zone not supported: +25:00"),
    ("dow(INTERVAL '1' DAY)", "Unexpected parameters (interval day to second) for function dow"),
    *(
        (given, f"NUMERIC_VALUE_OUT_OF_RANGE: {kind} precision must be in range [0, 12]: 13")
        for given, kind in (
            ("current_timestamp(13)", "TIMESTAMP WITH TIME ZONE"),
            ("localtimestamp(13)", "TIMESTAMP"),
            ("1, current_time(13)", "TIME WITH TIME ZONE"),
            ("CAST(NULL AS timestamp(13))", "TIMESTAMP"),
            ("CAST(NULL AS array(time(13)))", "TIME"),
            ("TIMESTAMP '2020-01-01 00:00:00.1234567890123'", "TIMESTAMP"),
        )
    ),
    ("human_readable_seconds(nan())", "Invalid argument found: NaN"),
    ("date_trunc('day', TIME '10:00:00')", "'day' is not a valid Time field"),
    ("date_trunc('fortnight', DATE '2020-01-01')", "'fortnight' is not a valid DATE field"),
    *(
        (
            f"{call} FROM (VALUES '2020-01-01 00:00:00 +01:00') x(t)",
            "time zones differ by row: +01:00",
        )
        for call in (
            "CAST(t AS timestamp with time zone)",
            "TRY_CAST(t AS timestamp with time zone)",
            "TRY(CAST(t AS timestamp with time zone))",
            "TRY(hour(CAST(t AS timestamp with time zone)))",
            "max(CAST(t AS timestamp with time zone))",
            "CAST(ARRAY[t] AS array(timestamp with time zone))",
            "CAST(ROW(t) AS row(a timestamp with time zone))",
            "parse_datetime(t, 'yyyy-MM-dd HH:mm:ss Z')",
            "from_iso8601_timestamp(replace(replace(t, ' ', 'T'), 'T+', '+'))",
        )
    ),
    *(
        (f"{call} FROM (VALUES 'Asia/Tokyo') t(z)", "time zones differ by row")
        for call in (
            "at_timezone(now(), z)",
            "ARRAY[at_timezone(now(), z)]",
            "at_timezone(now(), z) = now()",
            "date_diff('hour', from_unixtime(0, z), from_unixtime(0, z))",
            "from_unixtime(0, z) - from_unixtime(0, z)",
            "to_unixtime(from_unixtime(0, z))",
            "to_iso8601(from_unixtime(0, z))",
            "timezone_hour(from_unixtime(0, z))",
            "CAST(from_unixtime(0, z) AS varchar)",
            "at_timezone(from_unixtime(0, z), 'UTC')",
        )
    ),
]


@pytest.mark.parametrize(("call", "value"), [*CALLS, *ZONED_CALLS])
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")
