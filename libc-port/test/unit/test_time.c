// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdint.h>
#include <time.h>

#include <coconut/syscalls.h>

#include "../../private/clock.h"
#include "unit.h"

time_t port_timegm(struct tm *tm);

#define REAL_NOW (1700000000ull * COCO_SECOND)
#define MONOTONIC_NOW (5 * COCO_SECOND)

int64_t coco_clock_get(uint32_t clock)
{
    return (int64_t)(clock == COCO_CLOCK_REALTIME ? REAL_NOW : MONOTONIC_NOW);
}

uint64_t __coco_monotonic(void)
{
    return MONOTONIC_NOW;
}

static void test_ns(void)
{
    CHECK("time.ns", __coco_time_ns(&(struct timespec){2, 7}) == 2 * COCO_SECOND + 7);
    CHECK("time.ns-negative", __coco_time_ns(&(struct timespec){-5, 0}) == 0);
    CHECK("time.ns-far", __coco_time_ns(&(struct timespec){INT64_MAX, 0}) == COCO_FOREVER);
    CHECK("time.ns-edge",
          __coco_time_ns(&(struct timespec){18446744073, 709551615}) == COCO_FOREVER);
    CHECK("time.ns-over",
          __coco_time_ns(&(struct timespec){18446744073, 709551616}) == COCO_FOREVER);
}

static void test_deadline(void)
{
    uint64_t out;
    struct timespec time = {1700000003, 500};
    CHECK("time.deadline-real", __coco_deadline(CLOCK_REALTIME, &time, &out) == 0 &&
                                    out == (COCO_DEADLINE_DATE | 1700000003000000500));
    CHECK("time.left-date", __coco_time_left(out) == 3 * COCO_SECOND + 500);
    time.tv_sec = 1600000000;
    CHECK("time.left-past", __coco_deadline(CLOCK_REALTIME, &time, &out) == 0 &&
                                __coco_time_left(out) == 0 && __coco_time_left(0) == 0);
    CHECK("time.left", __coco_time_left(MONOTONIC_NOW + 9) == 9 &&
                           __coco_time_left(COCO_FOREVER) == COCO_FOREVER);
    time.tv_sec = 9300000000;
    CHECK("time.deadline-behind-all-dates",
          __coco_deadline(CLOCK_REALTIME, &time, &out) == 0 && out == COCO_FOREVER);
    CHECK("time.deadline-none",
          __coco_deadline(CLOCK_REALTIME, NULL, &out) == 0 && out == COCO_FOREVER);
    time.tv_sec = INT64_MAX;
    CHECK("time.deadline-far",
          __coco_deadline(CLOCK_REALTIME, &time, &out) == 0 && out == COCO_FOREVER);
    time = (struct timespec){9, 0};
    CHECK("time.deadline-monotonic",
          __coco_deadline(CLOCK_MONOTONIC, &time, &out) == 0 && out == 9 * COCO_SECOND);
    time.tv_nsec = 1000000000;
    CHECK("time.deadline-bad-nsec", __coco_deadline(CLOCK_MONOTONIC, &time, &out) == EINVAL);
    time.tv_nsec = -1;
    CHECK("time.deadline-negative-nsec", __coco_deadline(CLOCK_MONOTONIC, &time, &out) == EINVAL);
    time.tv_nsec = 0;
    CHECK("time.deadline-bad-clock",
          __coco_deadline(CLOCK_PROCESS_CPUTIME_ID, &time, &out) == EINVAL);
}

// The host's own function is the reference.
static void test_timegm(void)
{
    bool same = true;
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        struct tm tm = {.tm_year = (int)(random >> 33 & 0x7ff) - 1000,
                        .tm_mon = (int)(random >> 20 & 63) - 30,
                        .tm_mday = (int)(random >> 40 & 127) - 60,
                        .tm_hour = (int)(random >> 48 & 63) - 30,
                        .tm_min = (int)(random >> 52 & 255) - 100,
                        .tm_sec = (int)(random >> 56) - 100};
        struct tm copy = tm;
        time_t expected = timegm(&copy);
        same = same && port_timegm(&tm) == expected && tm.tm_mday == copy.tm_mday &&
               tm.tm_yday == copy.tm_yday && tm.tm_wday == copy.tm_wday;
    }
    CHECK("time.timegm", same);
}

int main(void)
{
    test_ns();
    test_deadline();
    test_timegm();
    return unit_finish();
}
