// SPDX-License-Identifier: MIT
// What a program asks the system for beside files and processes.
#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <search.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <syslog.h>
#include <termios.h>
#include <ulimit.h>
#include <unistd.h>
#include <utmpx.h>

#include "harness.h"

static bool fails_with(int result, int error)
{
    bool good = result == -1 && errno == error;
    errno = 0;
    return good;
}

static void terminals(void)
{
    struct termios termios = {.c_lflag = ECHO | ICANON, .c_oflag = OPOST};
    struct winsize size;
    int fd = open("/dev/null", O_RDWR);
    errno = 0;
    CHECK("system.tcgetattr", fails_with(tcgetattr(fd, &termios), ENOTTY) &&
                                  fails_with(tcgetattr(-1, &termios), EBADF));
    CHECK("system.tcsetattr", fails_with(tcsetattr(fd, TCSANOW, &termios), ENOTTY) &&
                                  fails_with(tcsetattr(999, TCSANOW, &termios), EBADF));
    CHECK("system.tc-others",
          fails_with(tcdrain(fd), ENOTTY) && fails_with(tcflush(fd, TCIFLUSH), ENOTTY) &&
              fails_with(tcflow(fd, TCOON), ENOTTY) && fails_with(tcsendbreak(fd, 0), ENOTTY) &&
              fails_with((int)tcgetsid(fd), ENOTTY) &&
              fails_with(tcgetwinsize(fd, &size), ENOTTY) && fails_with(tcdrain(-1), EBADF));
    close(fd);
    CHECK("system.cfspeeds", cfsetispeed(&termios, B9600) == 0 && cfgetispeed(&termios) == B9600 &&
                                 cfsetospeed(&termios, B115200) == 0 &&
                                 cfgetospeed(&termios) == B115200);
    CHECK("system.cfspeed-bad",
          fails_with(cfsetospeed(&termios, 12345), EINVAL) && cfgetospeed(&termios) == B115200);
    cfmakeraw(&termios);
    CHECK("system.cfmakeraw", (termios.c_lflag & (ECHO | ICANON)) == 0 &&
                                  (termios.c_oflag & OPOST) == 0 &&
                                  (termios.c_cflag & CSIZE) == CS8 && termios.c_cc[VMIN] == 1);
    char name[L_ctermid];
    CHECK("system.ctermid", ctermid(name) == name && strcmp(ctermid(NULL), name) == 0);
}

/* Whether a line of the machine's log is that message. */
static bool log_has(const char *message)
{
    FILE *log = fopen("/Log/logfile", "r");
    char line[400];
    bool found = false;
    while (log && !found && fgets(line, sizeof(line), log)) {
        char *text = strchr(line, ']');
        found = text && text[1] == ' ' && strcmp(text + 2, message) == 0;
    }
    if (log) {
        fclose(log);
    }
    return found;
}

static void log_messages(void)
{
    CHECK("system.setlogmask", setlogmask(LOG_UPTO(LOG_ERR)) == LOG_UPTO(LOG_DEBUG) &&
                                   setlogmask(0) == LOG_UPTO(LOG_ERR) &&
                                   setlogmask(LOG_UPTO(LOG_DEBUG)) == LOG_UPTO(LOG_ERR));
    char output[300];
    int status = test_child("syslog", output, sizeof(output));
    CHECK("system.syslog-perror", status == 0 && strncmp(output, "me[", 3) == 0 &&
                                      strstr(output, "]: 7 of 8: ") &&
                                      strstr(output, strerror(ENOENT)) &&
                                      strstr(output, "100%\n") && !strstr(output, "masked"));
    errno = EDOM;
    syslog(LOG_DEBUG, "%m");
    CHECK("system.syslog-keeps-errno", errno == EDOM);
    char message[64];
    snprintf(message, sizeof(message), "number %d of this process", (int)getpid());
    syslog(LOG_NOTICE, "%s", message);
    strcat(message, "\n");
    CHECK("system.syslog-is-in-the-log", log_has(message));
}

int run_syslog(void)
{
    openlog("me", LOG_PID | LOG_PERROR, LOG_LOCAL0);
    errno = ENOENT;
    syslog(LOG_ERR, "%d of %d: %m", 7, 8);
    setlogmask(LOG_MASK(LOG_ERR));
    syslog(LOG_INFO, "masked");
    syslog(LOG_ERR | LOG_USER, "100%%");
    closelog();
    return 0;
}

static void absent_services(void)
{
    errno = 0;
    CHECK("system.if", if_nametoindex("eth0") == 0 && errno == ENODEV);
    char name[IF_NAMESIZE];
    errno = 0;
    CHECK("system.if-name", if_indextoname(1, name) == NULL && errno == ENXIO);
    struct if_nameindex *list = if_nameindex();
    CHECK("system.if-list", list && list[0].if_index == 0 && list[0].if_name == NULL);
    if_freenameindex(list);
    setutxent();
    CHECK("system.utmpx", getutxent() == NULL);
    struct utmpx entry = {.ut_type = USER_PROCESS};
    errno = 0;
    CHECK("system.pututxline", pututxline(&entry) == NULL && errno == EPERM);
    endutxent();
    CHECK("system.ulimit", ulimit(UL_GETFSIZE) > 0);
    errno = 0;
    CHECK("system.ulimit-set", ulimit(UL_SETFSIZE, -1L) == -1 && errno == EINVAL);
    errno = 0;
    CHECK("system.ulimit-bad", ulimit(99) == -1 && errno == EINVAL);
}

static void identity(void)
{
    char buffer[64];
    CHECK("system.confstr", confstr(_CS_PATH, NULL, 0) == strlen("/bin:/usr/bin") + 1 &&
                                confstr(_CS_PATH, buffer, sizeof(buffer)) == 14 &&
                                strcmp(buffer, "/bin:/usr/bin") == 0);
    CHECK("system.confstr-cut", confstr(_CS_PATH, buffer, 5) == 14 && strcmp(buffer, "/bin") == 0);
    errno = 0;
    CHECK("system.confstr-none",
          confstr(_CS_POSIX_V7_ILP32_OFF32_CFLAGS, buffer, 5) == 0 && errno == 0);
    CHECK("system.confstr-bad", confstr(-1, buffer, 5) == 0 && errno == EINVAL);
    errno = 0;
    CHECK("system.setreuid", setreuid(0, (uid_t)-1) == 0 && setregid((gid_t)-1, 0) == 0 &&
                                 fails_with(setreuid(5, 0), EINVAL));
    CHECK("system.setgroups", setgroups(0, NULL) == 0 && initgroups("root", 0) == 0);
    posix_spawnattr_t attributes;
    struct sched_param parameters = {.sched_priority = 0};
    int policy = -1;
    CHECK("system.spawn-scheduling",
          posix_spawnattr_init(&attributes) == 0 &&
              posix_spawnattr_setschedpolicy(&attributes, SCHED_OTHER) == 0 &&
              posix_spawnattr_getschedpolicy(&attributes, &policy) == 0 && policy == SCHED_OTHER &&
              posix_spawnattr_setschedparam(&attributes, &parameters) == 0 &&
              posix_spawnattr_setschedpolicy(&attributes, 77) == EINVAL &&
              posix_spawnattr_destroy(&attributes) == 0);
}

#define OPTION(name) {_SC_##name, _POSIX_##name}

// Each option that <unistd.h> has; those that it lacks are not supported.
static const struct {
    int name;
    long value;
} options[] = {
    OPTION(ASYNCHRONOUS_IO),
    OPTION(BARRIERS),
    OPTION(CLOCK_SELECTION),
    OPTION(CPUTIME),
    OPTION(FSYNC),
    OPTION(MAPPED_FILES),
    OPTION(MEMLOCK),
    OPTION(MEMLOCK_RANGE),
    OPTION(MEMORY_PROTECTION),
    OPTION(MESSAGE_PASSING),
    OPTION(MONOTONIC_CLOCK),
    OPTION(PRIORITY_SCHEDULING),
    OPTION(READER_WRITER_LOCKS),
    OPTION(REALTIME_SIGNALS),
    OPTION(REGEXP),
    OPTION(SEMAPHORES),
    OPTION(SHARED_MEMORY_OBJECTS),
    OPTION(SPAWN),
    OPTION(SPIN_LOCKS),
    OPTION(THREADS),
    OPTION(THREAD_ATTR_STACKADDR),
    OPTION(THREAD_ATTR_STACKSIZE),
    OPTION(THREAD_CPUTIME),
    OPTION(THREAD_PRIORITY_SCHEDULING),
    OPTION(THREAD_PRIO_INHERIT),
    OPTION(THREAD_PRIO_PROTECT),
    OPTION(THREAD_PROCESS_SHARED),
    OPTION(THREAD_SAFE_FUNCTIONS),
    OPTION(TIMEOUTS),
    OPTION(TIMERS),
    {_SC_VERSION, _POSIX_VERSION},
};

static bool options_agree(void)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (sysconf(options[i].name) != options[i].value) {
            return false;
        }
    }
    return true;
}

// An option is what <unistd.h> says, a limit what <limits.h> says; names that POSIX has are known.
static void configuration(void)
{
    bool known = true;
    for (int name = 0; name <= _SC_XOPEN_UUCP; name++) {
        errno = 0;
        known = known && (sysconf(name) != -1 || errno == 0);
    }
    CHECK("system.sysconf-known", known);
    CHECK("system.sysconf-options", options_agree());
    errno = 0;
    CHECK("system.sysconf-without", sysconf(_SC_SPORADIC_SERVER) == -1 && errno == 0);
    CHECK("system.sysconf-limits",
          sysconf(_SC_TZNAME_MAX) >= _POSIX_TZNAME_MAX && sysconf(_SC_STREAM_MAX) >= 8 &&
              sysconf(_SC_RTSIG_MAX) >= _POSIX_RTSIG_MAX && sysconf(_SC_V7_LP64_OFF64) > 0);
    known = true;
    for (int name = _PC_LINK_MAX; name <= _PC_TIMESTAMP_RESOLUTION; name++) {
        errno = 0;
        known = known && (pathconf("/tmp", name) != -1 || errno == 0);
    }
    CHECK("system.pathconf-known", known && pathconf("/tmp", _PC_FILESIZEBITS) == 64);
    errno = 0;
    CHECK("system.pathconf-absent", pathconf("/tmp/none", _PC_NAME_MAX) == -1 && errno == ENOENT);
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void searching(void)
{
    int numbers[4] = {5, 3, 9};
    size_t count = 3;
    int key = 9;
    CHECK("system.lfind",
          lfind(&key, numbers, &count, sizeof(int), compare_ints) == &numbers[2] && count == 3);
    key = 4;
    CHECK("system.lfind-none", lfind(&key, numbers, &count, sizeof(int), compare_ints) == NULL);
    CHECK("system.lsearch",
          lsearch(&key, numbers, &count, sizeof(int), compare_ints) == &numbers[3] && count == 4 &&
              numbers[3] == 4);
    struct item {
        struct item *next;
        struct item *previous;
    } a, b, c;
    insque(&a, NULL);
    insque(&c, &a);
    insque(&b, &a);
    CHECK("system.insque",
          a.next == &b && b.next == &c && c.previous == &b && !a.previous && !c.next);
    remque(&b);
    CHECK("system.remque", a.next == &c && c.previous == &a);
}

static void generators(void)
{
    static uint32_t own[16];
    char *buffer = (char *)own;
    srandom(42);
    long first = random();
    long second = random();
    srandom(42);
    CHECK("system.srandom-repeats", random() == first && random() == second && first != second);
    char *old = initstate(7, buffer, sizeof(own));
    long third = random();
    long fourth = random();
    CHECK("system.setstate", old && setstate(old) == buffer && setstate(buffer) == old);
    long fifth = random();
    CHECK("system.initstate-goes-on", initstate(7, buffer, sizeof(own)) == buffer &&
                                          random() == third && random() == fourth &&
                                          random() == fifth);
    CHECK("system.random-range", third >= 0 && third <= 0x7fffffff);
    errno = 0;
    CHECK("system.initstate-small", initstate(1, buffer, 4) == NULL && errno == EINVAL);
    (void)setstate(old);
}

static void backtraces(void)
{
    void *addresses[16];
    int count = backtrace(addresses, 16);
    char **texts = backtrace_symbols(addresses, count);
    bool inside = count >= 2 && (uintptr_t)addresses[0] - (uintptr_t)backtraces < 4096;
    CHECK("system.backtrace", inside && backtrace(addresses, 1) == 1);
    CHECK("system.backtrace-symbols", texts && strncmp(texts[0], "program(+0x", 11) == 0);
    free(texts);
}

static void names_and_times(void)
{
    struct dirent a = {.d_name = "a9"};
    struct dirent b = {.d_name = "a10"};
    const struct dirent *left = &a;
    const struct dirent *right = &b;
    bool numbers = versionsort(&left, &right) < 0 && versionsort(&right, &left) > 0;
    strcpy(a.d_name, "a01");
    strcpy(b.d_name, "a1");
    CHECK("system.versionsort", numbers && versionsort(&left, &right) < 0);
    int fd = open("/tmp/system-times", O_CREAT | O_RDWR, 0600);
    const struct timeval times[2] = {{.tv_sec = 100, .tv_usec = 5}, {.tv_sec = 200}};
    const struct timeval bad[2] = {{.tv_usec = 1000000}};
    struct stat state;
    CHECK("system.futimes", futimes(fd, times) == 0 && fstat(fd, &state) == 0 &&
                                state.st_atim.tv_sec == 100 && state.st_mtim.tv_sec == 200);
    errno = 0;
    CHECK("system.futimes-bad", fails_with(futimes(fd, bad), EINVAL));
    CHECK("system.eaccess", eaccess("/tmp/system-times", R_OK) == 0);
    close(fd);
    unlink("/tmp/system-times");
}

void area_system(void)
{
    terminals();
    log_messages();
    absent_services();
    identity();
    configuration();
    searching();
    generators();
    backtraces();
    names_and_times();
}
