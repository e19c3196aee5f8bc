// SPDX-License-Identifier: MIT
// Terminals, from XBD 11 and <termios.h>: modes, reading and writing, names. Pseudo terminals stand
// for all of them; terminals_jobs.c has what needs sessions.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "terminals.h"

bool terminals_open(struct terminals_pair *pair)
{
    pair->terminal = -1;
    pair->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (pair->master < 0 || grantpt(pair->master) != 0 || unlockpt(pair->master) != 0 ||
        ptsname_r(pair->master, pair->path, sizeof(pair->path)) != 0) {
        return false;
    }
    pair->terminal = open(pair->path, O_RDWR | O_NOCTTY);
    return pair->terminal >= 0;
}

void terminals_close(struct terminals_pair *pair)
{
    if (pair->terminal >= 0) {
        close(pair->terminal);
    }
    close(pair->master);
}

bool terminals_type(const struct terminals_pair *pair, const char *text)
{
    return write(pair->master, text, strlen(text)) == (ssize_t)strlen(text);
}

bool terminals_gives(int fd, const char *text)
{
    char found[4096];
    ssize_t len = read(fd, found, sizeof(found));
    return len == (ssize_t)strlen(text) && memcmp(found, text, (size_t)len) == 0;
}

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void pseudo(void)
{
    struct terminals_pair pair;
    struct stat by_path, by_fd;
    char small[4];
    CHECK("terminals.open", terminals_open(&pair));
    CHECK("terminals.name",
          strncmp(pair.path, "/dev/pts/", 9) == 0 && strcmp(ptsname(pair.master), pair.path) == 0);
    CHECK("terminals.isatty", isatty(pair.terminal) == 1);
    CHECK("terminals.ttyname", strcmp(ttyname(pair.terminal), pair.path) == 0 &&
                                   ttyname_r(pair.terminal, small, sizeof(small)) == ERANGE &&
                                   ptsname_r(pair.master, small, sizeof(small)) == ERANGE);
    CHECK("terminals.stat", fstat(pair.terminal, &by_fd) == 0 && stat(pair.path, &by_path) == 0 &&
                                S_ISCHR(by_fd.st_mode) && S_ISCHR(by_path.st_mode) &&
                                by_fd.st_rdev == by_path.st_rdev && by_fd.st_ino == by_path.st_ino);
    CHECK("terminals.seek", fails(lseek(pair.terminal, 0, SEEK_SET), ESPIPE));
    CHECK("terminals.no-master",
          fails(grantpt(pair.terminal), EINVAL) && fails(unlockpt(pair.terminal), EINVAL) &&
              ptsname(pair.terminal) == NULL && errno == ENOTTY && fails(grantpt(-1), EBADF) &&
              fails(unlockpt(-1), EBADF) && ptsname_r(-1, small, 4) == EBADF);
    CHECK("terminals.chmod", fchmod(pair.terminal, 0600) == 0 && stat(pair.path, &by_path) == 0 &&
                                 (by_path.st_mode & 07777) == 0600);
    terminals_close(&pair);
    CHECK("terminals.gone", fails(open(pair.path, O_RDWR), ENOENT));
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK("terminals.locked", fcntl(master, F_GETFD) == FD_CLOEXEC &&
                                  fails(open(ptsname(master), O_RDWR | O_NOCTTY), EIO));
    close(master);
}

static void no_terminal(void)
{
    struct termios termios;
    struct winsize size;
    int fds[2];
    pipe(fds);
    memset(&termios, 0, sizeof(termios));
    CHECK("terminals.no-isatty",
          isatty(fds[0]) == 0 && errno == ENOTTY && isatty(-1) == 0 && errno == EBADF);
    CHECK("terminals.no-attributes", fails(tcgetattr(fds[0], &termios), ENOTTY) &&
                                         fails(tcsetattr(fds[0], TCSANOW, &termios), ENOTTY) &&
                                         fails(tcgetattr(-1, &termios), EBADF));
    CHECK("terminals.no-actions",
          fails(tcdrain(fds[0]), ENOTTY) && fails(tcflush(fds[0], TCIFLUSH), ENOTTY) &&
              fails(tcflow(fds[0], TCOON), ENOTTY) && fails(tcsendbreak(fds[0], 0), ENOTTY) &&
              fails(tcgetwinsize(fds[0], &size), ENOTTY) && fails(tcgetpgrp(fds[0]), ENOTTY) &&
              fails(tcsetpgrp(fds[0], getpgrp()), ENOTTY) && fails(tcgetsid(fds[0]), ENOTTY));
    CHECK("terminals.no-name",
          ttyname(fds[0]) == NULL && errno == ENOTTY && ttyname_r(-1, (char[8]){0}, 8) == EBADF);
    close(fds[0]);
    close(fds[1]);
}

static void attributes(void)
{
    struct terminals_pair pair;
    struct termios termios, seen;
    terminals_open(&pair);
    CHECK("terminals.defaults",
          tcgetattr(pair.terminal, &termios) == 0 && (termios.c_lflag & ICANON) != 0 &&
              (termios.c_lflag & ECHO) != 0 && (termios.c_lflag & ISIG) != 0 &&
              (termios.c_iflag & ICRNL) != 0 && (termios.c_oflag & OPOST) != 0 &&
              (termios.c_cflag & CREAD) != 0 && (termios.c_cflag & CSIZE) == CS8 &&
              termios.c_cc[VINTR] == 3 && termios.c_cc[VEOF] == 4 &&
              termios.c_cc[VEOL] == _POSIX_VDISABLE);
    termios.c_cc[VKILL] = 'K';
    cfsetospeed(&termios, B9600);
    cfsetispeed(&termios, B0); // as the other
    CHECK("terminals.set", tcsetattr(pair.terminal, TCSANOW, &termios) == 0 &&
                               tcgetattr(pair.terminal, &seen) == 0 && seen.c_cc[VKILL] == 'K' &&
                               cfgetospeed(&seen) == B9600 && cfgetispeed(&seen) == B9600);
    termios.c_lflag |= 0x40000000; // nobody knows it
    termios.c_lflag &= ~(tcflag_t)ECHOE;
    CHECK("terminals.set-partly", tcsetattr(pair.terminal, TCSADRAIN, &termios) == 0 &&
                                      tcgetattr(pair.terminal, &seen) == 0 &&
                                      (seen.c_lflag & (ECHOE | 0x40000000)) == 0);
    CHECK("terminals.set-invalid", fails(tcsetattr(pair.terminal, 9, &termios), EINVAL) &&
                                       fails(tcflush(pair.terminal, 9), EINVAL) &&
                                       fails(tcflow(pair.terminal, 9), EINVAL));
    struct winsize size = {.ws_row = 25, .ws_col = 100};
    struct winsize other = {0};
    CHECK("terminals.window", tcsetwinsize(pair.master, &size) == 0 &&
                                  tcgetwinsize(pair.terminal, &other) == 0 && other.ws_row == 25 &&
                                  other.ws_col == 100 &&
                                  ioctl(pair.terminal, TIOCGWINSZ, &other) == 0);
    CHECK("terminals.limits", fpathconf(pair.terminal, _PC_MAX_CANON) == MAX_CANON &&
                                  fpathconf(pair.terminal, _PC_MAX_INPUT) == MAX_INPUT &&
                                  fpathconf(pair.terminal, _PC_VDISABLE) == _POSIX_VDISABLE &&
                                  sysconf(_SC_JOB_CONTROL) > 0 && _POSIX_JOB_CONTROL > 0);
    terminals_close(&pair);
}

// XBD 11.1.6: lines.
static void canonical(void)
{
    struct terminals_pair pair;
    static char line[MAX_CANON + 8];
    int readable;
    terminals_open(&pair);
    terminals_type(&pair, "one\ntwo\n");
    CHECK("terminals.canonical-count",
          ioctl(pair.terminal, FIONREAD, &readable) == 0 && readable == 4);
    CHECK("terminals.canonical-line", terminals_gives(pair.terminal, "one\n"));
    CHECK("terminals.canonical-part",
          read(pair.terminal, line, 2) == 2 && terminals_gives(pair.terminal, "o\n"));
    terminals_type(&pair, "xy\177z\025ab\004\004");
    CHECK("terminals.canonical-edit", terminals_gives(pair.terminal, "ab"));
    CHECK("terminals.canonical-eof", read(pair.terminal, line, 9) == 0);
    tcflush(pair.master, TCIFLUSH);
    memset(line, 'l', MAX_CANON - 1);
    line[MAX_CANON - 1] = '\n';
    line[MAX_CANON] = '\0';
    CHECK("terminals.canonical-longest",
          terminals_type(&pair, line) && terminals_gives(pair.terminal, line));
    fcntl(pair.terminal, F_SETFL, O_NONBLOCK);
    terminals_type(&pair, "part");
    CHECK("terminals.canonical-nonblock", fails(read(pair.terminal, line, 9), EAGAIN));
    terminals_close(&pair);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void set_raw(int fd, cc_t min, cc_t time)
{
    struct termios termios;
    tcgetattr(fd, &termios);
    cfmakeraw(&termios);
    termios.c_cc[VMIN] = min;
    termios.c_cc[VTIME] = time;
    tcsetattr(fd, TCSANOW, &termios);
}

// XBD 11.1.7: cases A to D.
static void raw(void)
{
    struct terminals_pair pair;
    char bytes[8];
    terminals_open(&pair);
    set_raw(pair.terminal, 3, 2);
    terminals_type(&pair, "ab");
    double begin = now();
    CHECK("terminals.raw-a-timer", read(pair.terminal, bytes, 8) == 2 && now() - begin >= 0.2);
    terminals_type(&pair, "\003\004\r");
    CHECK("terminals.raw-a-min", terminals_gives(pair.terminal, "\003\004\r"));
    set_raw(pair.terminal, 2, 0);
    terminals_type(&pair, "abc");
    CHECK("terminals.raw-b", terminals_gives(pair.terminal, "abc"));
    set_raw(pair.terminal, 0, 2);
    begin = now();
    CHECK("terminals.raw-c-timer", read(pair.terminal, bytes, 8) == 0 && now() - begin >= 0.2);
    terminals_type(&pair, "x");
    CHECK("terminals.raw-c-byte", read(pair.terminal, bytes, 8) == 1);
    set_raw(pair.terminal, 0, 0);
    CHECK("terminals.raw-d", read(pair.terminal, bytes, 8) == 0 && terminals_type(&pair, "xy") &&
                                 read(pair.terminal, bytes, 8) == 2);
    set_raw(pair.terminal, 2, 0);
    fcntl(pair.terminal, F_SETFL, O_NONBLOCK);
    CHECK("terminals.raw-nonblock", fails(read(pair.terminal, bytes, 8), EAGAIN));
    terminals_close(&pair);
}

static void output(void)
{
    struct terminals_pair pair;
    struct termios termios;
    char byte;
    terminals_open(&pair);
    write(pair.terminal, "a\n", 2);
    CHECK("terminals.onlcr", terminals_gives(pair.master, "a\r\n"));
    tcgetattr(pair.terminal, &termios);
    termios.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(pair.terminal, TCSADRAIN, &termios);
    write(pair.terminal, "a\n", 2);
    CHECK("terminals.no-opost", terminals_gives(pair.master, "a\n"));
    terminals_type(&pair, "typed\n");
    CHECK("terminals.echo", terminals_gives(pair.master, "typed\n"));
    fcntl(pair.master, F_SETFL, O_NONBLOCK);
    CHECK("terminals.flow",
          tcflow(pair.terminal, TCOOFF) == 0 && write(pair.terminal, "h", 1) == 1 &&
              fails(read(pair.master, &byte, 1), EAGAIN) && tcflow(pair.terminal, TCOON) == 0 &&
              tcdrain(pair.terminal) == 0 && terminals_gives(pair.master, "h"));
    CHECK("terminals.flow-input", tcflow(pair.terminal, TCIOFF) == 0 &&
                                      tcflow(pair.terminal, TCION) == 0 &&
                                      terminals_gives(pair.master, "\023\021"));
    tcflush(pair.terminal, TCIFLUSH);
    write(pair.terminal, "lost", 4);
    CHECK("terminals.flush-output",
          tcflush(pair.terminal, TCOFLUSH) == 0 && fails(read(pair.master, &byte, 1), EAGAIN));
    terminals_type(&pair, "lost\n");
    CHECK("terminals.flush-input", tcflush(pair.terminal, TCIOFLUSH) == 0 &&
                                       terminals_type(&pair, "kept\n") &&
                                       terminals_gives(pair.terminal, "kept\n"));
    CHECK("terminals.break", tcsendbreak(pair.terminal, 0) == 0);
    terminals_close(&pair);
}

static void readiness(void)
{
    struct terminals_pair pair;
    terminals_open(&pair);
    struct pollfd poll_fd = {.fd = pair.terminal, .events = POLLIN | POLLOUT};
    terminals_type(&pair, "part");
    CHECK("terminals.poll-part", poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLOUT);
    terminals_type(&pair, "\n");
    CHECK("terminals.poll-line",
          poll(&poll_fd, 1, -1) == 1 && poll_fd.revents == (POLLIN | POLLOUT));
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair.master, &set);
    CHECK("terminals.select",
          select(pair.master + 1, &set, NULL, NULL, NULL) == 1 && FD_ISSET(pair.master, &set));
    close(pair.master);
    CHECK("terminals.poll-hang-up", poll(&poll_fd, 1, -1) == 1 && (poll_fd.revents & POLLHUP) != 0);
    char byte;
    CHECK("terminals.hang-up",
          read(pair.terminal, &byte, 1) == 0 && fails(write(pair.terminal, "x", 1), EIO));
    close(pair.terminal);
}

// ISO C: an interactive device is line buffered.
static void streams(void)
{
    struct terminals_pair pair;
    terminals_open(&pair);
    FILE *out = fdopen(dup(pair.terminal), "w");
    FILE *in = fdopen(dup(pair.terminal), "r");
    char text[16];
    fputs("line\npart", out);
    CHECK("terminals.line-buffered",
          terminals_gives(pair.master, "line\r\n") || terminals_gives(pair.master, "line\r\npart"));
    terminals_type(&pair, "typed\n\004");
    CHECK("terminals.stream-line", fgets(text, sizeof(text), in) && strcmp(text, "typed\n") == 0);
    CHECK("terminals.stream-eof", fgets(text, sizeof(text), in) == NULL && feof(in));
    clearerr(in);
    terminals_type(&pair, "more\n");
    CHECK("terminals.stream-again", fgets(text, sizeof(text), in) && strcmp(text, "more\n") == 0);
    fclose(in);
    fclose(out);
    terminals_close(&pair);
}

void area_terminals(void)
{
    pseudo();
    no_terminal();
    attributes();
    canonical();
    raw();
    output();
    readiness();
    streams();
}
