// SPDX-License-Identifier: MIT
// What a process has once, used and changed by several threads: environment, locale, time zone,
// handlers of exit, and errno and stdio among them.
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define THREADS 4
#define TURNS 400

static bool run_threads(void *(*function)(void *))
{
    pthread_t threads[THREADS];
    bool good = true;
    for (uintptr_t i = 0; i < THREADS; i++) {
        good = good && pthread_create(&threads[i], NULL, function, (void *)i) == 0;
    }
    for (int i = 0; good && i < THREADS; i++) {
        void *result = NULL;
        good = pthread_join(threads[i], &result) == 0 && result;
    }
    return good;
}

static void *as_result(bool good)
{
    return (void *)(uintptr_t)good;
}

/* Each thread has names of its own; one that nobody changes stays as it is. */
static void *use_environment(void *argument)
{
    int number = (int)(uintptr_t)argument;
    char name[32];
    char value[32];
    static char own[THREADS][32];
    bool good = true;
    for (int i = 0; good && i < TURNS; i++) {
        snprintf(name, sizeof(name), "SAFE_%d_%d", number, i % 7);
        snprintf(value, sizeof(value), "%d", i);
        good = setenv(name, value, 1) == 0;
        const char *found = getenv(name);
        good = good && found && strcmp(found, value) == 0;
        found = getenv("SAFE_CONSTANT");
        good = good && found && strcmp(found, "constant") == 0;
        snprintf(own[number], sizeof(own[number]), "SAFE_PUT_%d=%d", number, i);
        good = good && putenv(own[number]) == 0;
        if (i % 3 == 0) {
            good = good && unsetenv(name) == 0 && !getenv(name);
        }
    }
    snprintf(name, sizeof(name), "SAFE_PUT_%d", number);
    return as_result(good && unsetenv(name) == 0);
}

static void *use_locale(void *argument)
{
    bool good = true;
    char text[32];
    for (int i = 0; good && i < TURNS; i++) {
        locale_t locale = newlocale(LC_ALL_MASK, i % 2 ? "C" : "C.UTF-8", (locale_t)0);
        good = locale != (locale_t)0;
        locale_t before = uselocale(locale);
        snprintf(text, sizeof(text), "%.3f", 1.5 + i);
        good = good && strtod(text, NULL) == 1.5 + i && before != (locale_t)0;
        uselocale(LC_GLOBAL_LOCALE);
        freelocale(locale);
        if ((uintptr_t)argument % 2 == 0) {
            good = good && setlocale(LC_ALL, i % 2 ? "C" : "C.UTF-8") != NULL;
        }
        good = good && localeconv()->decimal_point[0] == '.';
    }
    return as_result(good);
}

static void *use_time(void *argument)
{
    bool good = true;
    for (int i = 0; good && i < TURNS; i++) {
        time_t time = 1000000000 + (time_t)(uintptr_t)argument * 86400 + i * 3600;
        struct tm tm;
        if (i % 16 == 0) {
            setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1); /* as it is */
            tzset();
        }
        good = localtime_r(&time, &tm) == &tm && mktime(&tm) == time;
        good = good && gmtime_r(&time, &tm) == &tm && tm.tm_hour == (int)(time % 86400 / 3600);
    }
    return as_result(good);
}

static int handlers_called;

static void handler(void)
{
    __atomic_fetch_add(&handlers_called, 1, __ATOMIC_RELAXED);
}

static void *use_atexit(void *unused)
{
    bool good = true;
    (void)unused;
    for (int i = 0; good && i < 100; i++) {
        good = atexit(handler) == 0;
    }
    return as_result(good);
}

static void look_at_handlers(void)
{
    _exit(handlers_called == THREADS * 100 ? 0 : 1);
}

int run_atexit_threads(void)
{
    return atexit(look_at_handlers) == 0 && run_threads(use_atexit) ? 2 : 3;
}

static void *use_all(void *argument)
{
    static void *(*const kinds[])(void *) = {use_environment, use_locale, use_time};
    FILE *stream = tmpfile();
    bool good = stream != NULL;
    for (int i = 0; good && i < 3; i++) {
        errno = (int)(uintptr_t)argument + 100;
        good = fprintf(stream, "%d %s\n", i, "line") == 7 && fflush(stream) == 0 &&
               kinds[((uintptr_t)argument + (unsigned)i) % 3](argument);
        char *block = malloc(10000);
        good = good && block;
        free(block);
    }
    if (stream) {
        good = ftell(stream) == 21 && good;
        fclose(stream);
    }
    return as_result(good);
}

void area_thread_safety(void)
{
    setenv("SAFE_CONSTANT", "constant", 1);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    CHECK("thread-safety.environment", run_threads(use_environment));
    CHECK("thread-safety.locale", run_threads(use_locale));
    CHECK("thread-safety.time-zone", run_threads(use_time));
    CHECK("thread-safety.all-at-once", run_threads(use_all));
    CHECK("thread-safety.atexit", test_child("atexit-threads", NULL, 0) == 0);
    setlocale(LC_ALL, "C");
    unsetenv("SAFE_CONSTANT");
    unsetenv("TZ");
    tzset();
}
