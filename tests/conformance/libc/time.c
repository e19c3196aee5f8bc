// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static int64_t now_ns(clockid_t clock)
{
    struct timespec time;
    return clock_gettime(clock, &time) < 0 ? -1 : time.tv_sec * 1000000000ll + time.tv_nsec;
}

/* Whatever was in the structure before, all of it is set. With TZ set to Central European time. */
static void zones(time_t summer)
{
    time_t winter = summer - 180 * 86400l;
    struct tm tm;
    char text[64];
    memset(&tm, 0x5a, sizeof(tm));
    CHECK("time.gmtime-zone", gmtime_r(&summer, &tm) && tm.tm_gmtoff == 0 && tm.tm_isdst == 0 &&
                                  strcmp(tm.tm_zone, "GMT") == 0);
    memset(&tm, 0x5a, sizeof(tm));
    CHECK("time.localtime-summer",
          localtime_r(&summer, &tm) && tm.tm_gmtoff == 7200 && strcmp(tm.tm_zone, "CEST") == 0);
    CHECK("time.strftime-zone",
          strftime(text, sizeof(text), "%z %Z", &tm) == 10 && strcmp(text, "+0200 CEST") == 0);
    memset(&tm, 0x5a, sizeof(tm));
    CHECK("time.localtime-winter", localtime_r(&winter, &tm) && tm.tm_gmtoff == 3600 &&
                                       tm.tm_isdst == 0 && strcmp(tm.tm_zone, "CET") == 0);
    time_t before = -1; // 1969-12-31 23:59:59 UTC, a Wednesday
    CHECK("time.gmtime-negative", gmtime_r(&before, &tm) && tm.tm_year == 69 && tm.tm_mon == 11 &&
                                      tm.tm_yday == 364 && tm.tm_wday == 3 && tm.tm_sec == 59);
    time_t never = INT64_MAX;
    errno = 0;
    CHECK("time.gmtime-overflow", gmtime_r(&never, &tm) == NULL && errno == EOVERFLOW);
    errno = 0;
    CHECK("time.localtime-overflow", localtime_r(&never, &tm) == NULL && errno == EOVERFLOW);
}

static struct tm at(int year, int month, int day, int hour, int summer)
{
    struct tm tm;
    memset(&tm, 0x5a, sizeof(tm));
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;
    tm.tm_hour = hour;
    tm.tm_min = 30;
    tm.tm_sec = 0;
    tm.tm_isdst = summer;
    return tm;
}

/* What mktime() makes of a time, as UTC and by its own account. */
static bool is_made(struct tm tm, time_t expected, const char *shown)
{
    char text[64];
    return mktime(&tm) == expected && strftime(text, sizeof(text), "%F %R %z %Z", &tm) > 0 &&
           strcmp(text, shown) == 0;
}

/* With TZ set to Central European time. */
static void made_times(void)
{
    CHECK("time.mktime-tells-summer",
          is_made(at(2024, 7, 1, 12, -1), 1719829800, "2024-07-01 12:30 +0200 CEST"));
    CHECK("time.mktime-tells-winter",
          is_made(at(2024, 1, 1, 12, -1), 1704108600, "2024-01-01 12:30 +0100 CET"));
    CHECK("time.mktime-takes-summer-in-winter",
          is_made(at(2024, 1, 1, 0, 1), 1704061800, "2023-12-31 23:30 +0100 CET"));
    CHECK("time.mktime-takes-winter-in-summer",
          is_made(at(2024, 7, 31, 23, 0), 1722465000, "2024-08-01 00:30 +0200 CEST"));
    CHECK("time.mktime-hour-that-comes-twice",
          is_made(at(2024, 10, 27, 2, 1), 1729989000, "2024-10-27 02:30 +0200 CEST") &&
              is_made(at(2024, 10, 27, 2, 0), 1729992600, "2024-10-27 02:30 +0100 CET") &&
              is_made(at(2024, 10, 27, 2, -1), 1729992600, "2024-10-27 02:30 +0100 CET"));
    CHECK("time.mktime-hour-left-out",
          is_made(at(2024, 3, 31, 2, -1), 1711848600, "2024-03-31 03:30 +0200 CEST"));
    CHECK("time.mktime-normalises",
          is_made(at(2023, 19, 1 - 366, 12 + 366 * 24, -1), 1719829800,
                  "2024-07-01 12:30 +0200 CEST") &&
              is_made(at(2025, -5, 1, 12, -1), 1719829800, "2024-07-01 12:30 +0200 CEST"));
    CHECK("time.mktime-before-1970",
          is_made(at(1969, 7, 1, 12, -1), -15859800, "1969-07-01 12:30 +0200 CEST"));
    struct tm far = at(20000, 7, 1, 12, -1);
    CHECK("time.mktime-far", mktime(&far) == 568987583400 && far.tm_gmtoff == 7200 &&
                                 far.tm_isdst == 1 && far.tm_year == 18100);
    struct tm second = {.tm_year = 70, .tm_mday = 1, .tm_sec = -1, .tm_hour = 1, .tm_wday = -1};
    CHECK("time.mktime-minus-1", mktime(&second) == -1 && second.tm_wday == 4);
    struct tm never = {.tm_year = INT_MAX, .tm_mon = 12, .tm_mday = 1, .tm_wday = -1};
    errno = 0;
    CHECK("time.mktime-overflow",
          mktime(&never) == -1 && errno == EOVERFLOW && never.tm_wday == -1);
    struct tm last = {.tm_year = INT_MAX, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23};
    struct tm first = {.tm_year = INT_MIN, .tm_mday = 1};
    CHECK("time.mktime-last", mktime(&last) != -1 && last.tm_year == INT_MAX &&
                                  last.tm_yday == 364 && last.tm_hour == 23);
    CHECK("time.mktime-first", mktime(&first) != -1 && first.tm_year == INT_MIN &&
                                   first.tm_yday == 0 && first.tm_hour == 0);
}

static void calendars(void)
{
    time_t zero = 951782400; // 2000-02-29 00:00:00 UTC, a Tuesday
    struct tm tm;
    char text[64];
    CHECK("time.gmtime", gmtime_r(&zero, &tm) && tm.tm_year == 100 && tm.tm_mon == 1 &&
                             tm.tm_mday == 29 && tm.tm_wday == 2 && tm.tm_yday == 59);
    CHECK("time.timegm", timegm(&tm) == zero);
    CHECK("time.strftime", strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j", &tm) > 0 &&
                               strcmp(text, "2000-02-29 00:00:00 Tue 060") == 0);
    struct tm parsed = {0};
    CHECK("time.strptime", strptime("2024-12-31 23:59:58", "%Y-%m-%d %H:%M:%S", &parsed) &&
                               parsed.tm_year == 124 && parsed.tm_mon == 11 && parsed.tm_sec == 58);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    time_t summer = 1719835200; // 2024-07-01 12:00 UTC
    CHECK("time.localtime-zone", localtime_r(&summer, &tm) && tm.tm_hour == 14 && tm.tm_isdst == 1);
    CHECK("time.mktime-zone", mktime(&tm) == summer);
    zones(summer);
    made_times();
    setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
    struct tm last = {.tm_year = INT_MAX, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23};
    CHECK("time.mktime-last-behind-utc",
          mktime(&last) != -1 && last.tm_year == INT_MAX && last.tm_hour == 23);
    unsetenv("TZ");
    tzset();
    CHECK("time.difftime", difftime(summer, zero) == (double)(summer - zero));
}

static void clocks(void)
{
    int64_t a = now_ns(CLOCK_MONOTONIC);
    int64_t b = now_ns(CLOCK_MONOTONIC);
    CHECK("time.monotonic", a > 0 && b >= a);
    time_t seconds = time(NULL);
    struct timeval tv;
    CHECK("time.realtime",
          seconds > 1577836800 && now_ns(CLOCK_REALTIME) / 1000000000 - seconds <= 1);
    CHECK("time.gettimeofday",
          gettimeofday(&tv, NULL) == 0 && tv.tv_sec - seconds <= 1 && tv.tv_usec < 1000000);
    struct timespec ts;
    CHECK("time.timespec_get", timespec_get(&ts, TIME_UTC) == TIME_UTC && ts.tv_sec - seconds <= 1);
    errno = 0;
    CHECK("time.bad-clock", clock_gettime(12345, &ts) == -1 && errno == EINVAL);
    CHECK("time.getres",
          clock_getres(CLOCK_MONOTONIC, &ts) == 0 && ts.tv_sec == 0 && ts.tv_nsec > 0);
}

static void cpu_time(void)
{
    clock_t start = clock();
    int64_t thread_start = now_ns(CLOCK_THREAD_CPUTIME_ID);
    int64_t until = now_ns(CLOCK_MONOTONIC) + 30000000; // 30 ms of work
    volatile unsigned work = 0;
    while (now_ns(CLOCK_MONOTONIC) < until) {
        work = work + 1;
    }
    CHECK("time.clock-counts-work", start != (clock_t)-1 && clock() > start);
    CHECK("time.thread-clock-counts-work", now_ns(CLOCK_THREAD_CPUTIME_ID) > thread_start);
    struct tms tms;
    struct rusage usage;
    CHECK("time.times", times(&tms) != (clock_t)-1 && tms.tms_utime + tms.tms_stime >= 2);
    CHECK("time.getrusage", getrusage(RUSAGE_SELF, &usage) == 0 &&
                                (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000l +
                                        usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >=
                                    29998);
    CHECK("time.getrusage-memory", usage.ru_maxrss > 0 && usage.ru_maxrss < 1 << 30);
    // The least of several: where the machine is held up while this runs, that counts.
    int64_t least = INT64_MAX;
    for (int i = 0; i < 20 && least >= 40000000; i++) {
        int64_t before = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        usleep(50000);
        int64_t used = now_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
        least = used < least ? used : least;
    }
    CHECK("time.sleep-is-no-work", least < 40000000);
}

static void sleeps(void)
{
    struct timespec ts = {0, 20000000};
    struct timespec left = {9, 9};
    int64_t start = now_ns(CLOCK_MONOTONIC);
    CHECK("time.nanosleep",
          nanosleep(&ts, &left) == 0 && now_ns(CLOCK_MONOTONIC) - start >= 20000000);
    CHECK("time.nanosleep-rest-is-for-the-interrupted",
          left.tv_sec == 9 && left.tv_nsec == 9 && nanosleep(&ts, &ts) == 0 &&
              clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == 0 && ts.tv_nsec == 20000000);
    ts.tv_nsec = 1000000000;
    errno = 0;
    CHECK("time.nanosleep-bad", nanosleep(&ts, NULL) == -1 && errno == EINVAL);
    start = now_ns(CLOCK_MONOTONIC);
    ts = (struct timespec){(start + 20000000) / 1000000000, (start + 20000000) % 1000000000};
    CHECK("time.sleep-until", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == 0 &&
                                  now_ns(CLOCK_MONOTONIC) >= start + 20000000);
    ts = (struct timespec){1000, 0}; // of 1970
    start = now_ns(CLOCK_MONOTONIC);
    CHECK("time.sleep-until-past", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL) == 0 &&
                                       now_ns(CLOCK_MONOTONIC) - start < 60000000000);
    CHECK("time.sleep-bad-clock", clock_nanosleep(777, 0, &ts, NULL) == EINVAL);
}

void area_time(void)
{
    calendars();
    clocks();
    cpu_time();
    sleeps();
}
