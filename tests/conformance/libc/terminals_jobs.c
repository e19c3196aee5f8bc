// SPDX-License-Identifier: MIT
// Controlling terminals and job control, from XBD 11.1 and XSH 2.4. Each case is a copy of this
// process that begins a session with a terminal of its own, and ends with 0 or the line that was
// wrong.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "harness.h"
#include "terminals.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("# terminals_jobs.c:%d: %s (errno %d)\n", __LINE__, #condition, errno);         \
            fflush(stdout);                                                                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static struct terminals_pair pair;

static bool in_session(void (*run)(void))
{
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60);
        MUST(setsid() == getpid() && terminals_open(&pair));
        run();
        _exit(0);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static void take_terminal(void)
{
    close(pair.terminal);
    pair.terminal = open(pair.path, O_RDWR);
    MUST(pair.terminal >= 0);
}

static void controlling(void)
{
    char name[L_ctermid];
    MUST(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
    MUST(tcgetpgrp(pair.terminal) == -1 && errno == ENOTTY);
    MUST(tcgetsid(pair.terminal) == -1 && errno == ENOTTY);
    take_terminal();
    MUST(tcgetsid(pair.terminal) == getpid() && tcgetpgrp(pair.terminal) == getpgrp());
    int tty = open(ctermid(name), O_RDWR);
    MUST(tty >= 0 && strcmp(name, "/dev/tty") == 0 && isatty(tty));
    MUST(write(tty, "x", 1) == 1 && terminals_gives(pair.master, "x"));
    MUST(tcsetpgrp(tty, getpgrp()) == 0);
    MUST(tcsetpgrp(tty, -1) == -1 && errno == EINVAL);
    MUST(tcsetpgrp(tty, getpid() + 100000) == -1 && errno == EPERM);
    signal(SIGHUP, SIG_IGN);
    MUST(ioctl(tty, TIOCNOTTY) == 0);
    MUST(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
    MUST(read(tty, name, 1) == 0 && write(tty, "x", 1) == -1 && errno == EIO);
    struct terminals_pair other;
    MUST(terminals_open(&other) && ioctl(other.terminal, TIOCSCTTY) == 0);
    MUST(tcgetsid(other.terminal) == getpid());
}

static volatile sig_atomic_t caught;

static void note(int signal)
{
    caught = signal;
}

static int told[2];

static void note_and_tell(int signal)
{
    caught = signal;
    (void)write(told[1], "t", 1);
}

static void catch_signal(int signal, int flags)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = flags};
    sigaction(signal, &action, NULL);
    caught = 0;
}

static void signals(void)
{
    char byte;
    take_terminal();
    catch_signal(SIGINT, 0);
    terminals_type(&pair, "lost\003");
    MUST(caught == SIGINT);
    catch_signal(SIGQUIT, 0);
    terminals_type(&pair, "\034");
    MUST(caught == SIGQUIT);
    catch_signal(SIGTSTP, 0);
    terminals_type(&pair, "\032");
    MUST(caught == SIGTSTP);
    terminals_type(&pair, "kept\n");
    MUST(terminals_gives(pair.terminal, "kept\n"));
    catch_signal(SIGWINCH, 0);
    MUST(tcsetwinsize(pair.terminal, &(struct winsize){.ws_row = 7}) == 0 && caught == SIGWINCH);
    catch_signal(SIGALRM, 0);
    ualarm(50000, 50000); // again and again: the first may come before the wait begins
    MUST(read(pair.terminal, &byte, 1) == -1 && errno == EINTR && caught == SIGALRM);
    ualarm(0, 0);
    struct sigaction action = {.sa_handler = note_and_tell, .sa_flags = SA_RESTART};
    MUST(pipe(told) == 0 && sigaction(SIGALRM, &action, NULL) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)read(told[0], &byte, 1); // until the signal was caught
        usleep(100000);
        terminals_type(&pair, "y\n");
        _exit(0);
    }
    caught = 0;
    ualarm(20000, 0);
    MUST(terminals_gives(pair.terminal, "y\n") && caught == SIGALRM);
}

// A child in a group of its own.
static pid_t start(void (*run)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        run();
        _exit(0);
    }
    setpgid(pid, pid);
    return pid;
}

static bool stops(pid_t pid, int signal)
{
    int status;
    return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
           WSTOPSIG(status) == signal;
}

static bool ends(pid_t pid)
{
    int status;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void read_line(void)
{
    _exit(terminals_gives(pair.terminal, "for you\n") ? 0 : 1);
}

static void background_reads(void)
{
    take_terminal();
    pid_t pid = start(read_line);
    MUST(stops(pid, SIGTTIN));
    MUST(tcsetpgrp(pair.terminal, pid) == 0 && tcgetpgrp(pair.terminal) == pid);
    terminals_type(&pair, "for you\n");
    MUST(kill(pid, SIGCONT) == 0 && ends(pid));
    // Now this group is the one in the background.
    signal(SIGTTOU, SIG_IGN);
    MUST(tcsetpgrp(pair.terminal, getpgrp()) == 0);
}

static void read_ignoring(void)
{
    char byte;
    signal(SIGTTIN, SIG_IGN);
    MUST(read(pair.terminal, &byte, 1) == -1 && errno == EIO);
    signal(SIGTTIN, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTTIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    MUST(read(pair.terminal, &byte, 1) == -1 && errno == EIO);
}

static void write_text(void)
{
    MUST(write(pair.terminal, "bg", 2) == 2);
}

static void change_modes(void)
{
    struct termios termios;
    MUST(tcgetattr(pair.terminal, &termios) == 0);
    MUST(tcsetattr(pair.terminal, TCSANOW, &termios) == 0);
}

static void background_ignores(void)
{
    take_terminal();
    MUST(ends(start(read_ignoring)));
}

static void background_writes(void)
{
    struct termios termios;
    take_terminal();
    MUST(ends(start(write_text)) && terminals_gives(pair.master, "bg"));
    tcgetattr(pair.terminal, &termios);
    termios.c_lflag |= TOSTOP;
    tcsetattr(pair.terminal, TCSANOW, &termios);
    pid_t pid = start(write_text);
    MUST(stops(pid, SIGTTOU));
    MUST(tcsetpgrp(pair.terminal, pid) == 0 && kill(pid, SIGCONT) == 0 && ends(pid));
    MUST(terminals_gives(pair.master, "bg"));
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(pair.terminal, getpgrp());
    signal(SIGTTOU, SIG_DFL);
    pid = start(change_modes);
    MUST(stops(pid, SIGTTOU));
    MUST(tcsetpgrp(pair.terminal, pid) == 0 && kill(pid, SIGCONT) == 0 && ends(pid));
}

static void pause_for_ever(void)
{
    for (;;) {
        pause();
    }
}

static void keys_reach_the_foreground(void)
{
    int status;
    take_terminal();
    pid_t pid = start(pause_for_ever);
    MUST(tcsetpgrp(pair.terminal, pid) == 0);
    terminals_type(&pair, "\032");
    MUST(stops(pid, SIGTSTP));
    MUST(kill(pid, SIGCONT) == 0);
    terminals_type(&pair, "\003");
    MUST(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void hang_up(void)
{
    catch_signal(SIGHUP, 0);
    take_terminal();
    close(pair.master);
    char byte;
    MUST(caught == SIGHUP && read(pair.terminal, &byte, 1) == 0);
    MUST(tcgetsid(pair.terminal) == -1);
}

static void leader_ends(void)
{
    struct terminals_pair outer;
    int status;
    MUST(terminals_open(&outer));
    pid_t leader = fork();
    if (leader == 0) {
        MUST(setsid() == getpid() && open(outer.path, O_RDWR) >= 0);
        pid_t pid = start(pause_for_ever);
        MUST(tcsetpgrp(outer.terminal, pid) == 0);
        dprintf(outer.terminal, "%ld\n", (long)pid);
        _exit(0);
    }
    char text[32] = "";
    MUST(waitpid(leader, &status, 0) == leader && status == 0);
    MUST(read(outer.master, text, sizeof(text) - 1) > 0);
    pid_t pid = (pid_t)atol(text);
    for (int i = 0; i < 6000 && kill(pid, 0) == 0; i++) {
        usleep(10000);
    }
    MUST(kill(pid, 0) == -1); // by HUP
    MUST(read(outer.terminal, text, 1) == 0);
}

void area_terminals_jobs(void)
{
    CHECK("terminals-jobs.controlling", in_session(controlling));
    CHECK("terminals-jobs.signals", in_session(signals));
    CHECK("terminals-jobs.background-reads", in_session(background_reads));
    CHECK("terminals-jobs.background-ignores", in_session(background_ignores));
    CHECK("terminals-jobs.background-writes", in_session(background_writes));
    CHECK("terminals-jobs.foreground", in_session(keys_reach_the_foreground));
    CHECK("terminals-jobs.hang-up", in_session(hang_up));
    CHECK("terminals-jobs.leader-ends", in_session(leader_ends));
}
