// SPDX-License-Identifier: MIT
// faults CALLS.so < CALLS: each call with each of its allocations failing, alone and with all after
// it: it fails, or gives what it gives without. Lines are as in published.c, without an expectation
// of their own. Memory is checked by ASan.
// Secrets are looked for in what is freed; without random numbers the process must end.
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "faults.h"

/// A call with more allocations has as many of them fail as this, evenly spread.
#define MOST_POINTS 400

static void (*arm)(long number, int all_after);
static long (*counted)(void);
static void (*no_entropy)(int fails);
static unsigned (*watch)(const unsigned char *secret);

static void find_hooks(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        give_up("cannot load", dlerror());
    }
    *(void **)&arm = dlsym(library, "faults_arm");
    *(void **)&counted = dlsym(library, "faults_counted");
    *(void **)&no_entropy = dlsym(library, "faults_no_entropy");
    *(void **)&watch = dlsym(library, "faults_watch");
    if (arm == NULL || counted == NULL || no_entropy == NULL || watch == NULL) {
        give_up("no hooks in", path);
    }
}

/// Whether a result is one of failure: none, or that a signature or a point is not good. A point
/// whose coordinates could not be read is one at infinity to who asks for them, in libtpms as in
/// calls.h.
static int refused(int done, const struct bytes *out)
{
    return done != 1 || out->size == 0 || (out->size == 1 && out->data[0] == 0) ||
           memmem(out->data, out->size, "infinity", 8) != NULL;
}

static void fail_each(const char *call, const struct bytes *in)
{
    static struct bytes reference, out;
    arm(-1, 0);
    int done = do_call(FACADE, call, in, &reference);
    long allocations = counted();
    check(call, done == 1 && allocations > 0);
    long step = allocations / MOST_POINTS + 1;
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long i = 0; i < allocations; i += step) {
            arm(i, all_after);
            int again = do_call(FACADE, call, in, &out);
            arm(-1, 0);
            check(call, refused(again, &out) || (out.size == reference.size &&
                                                 memcmp(out.data, reference.data, out.size) == 0));
        }
    }
}

/// The input that is secret; NULL: none is.
static const struct bytes *secret_of(const char *call, const struct bytes *in)
{
    if (strcmp(call, "RSA sign") == 0 || strcmp(call, "RSA decrypt") == 0) {
        return &in[2];
    }
    if (strcmp(call, "ECDSA sign") == 0 || strcmp(call, "ECDH") == 0) {
        return &in[6];
    }
    return strcmp(call, "EVP cipher") == 0 ? &in[1] : NULL;
}

/// No memory that is freed still has a piece of the secret, whole limbs of it; also when memory is
/// short.
static void look_for_secret(const char *call, const struct bytes *in)
{
    static struct bytes out;
    const struct bytes *secret = secret_of(call, in);
    if (secret == NULL) {
        return;
    }
    size_t at = secret->size >= 2 * NEEDLE ? secret->size - 2 * NEEDLE : secret->size - NEEDLE;
    (void)watch(secret->data + at);
    arm(-1, 0);
    (void)do_call(FACADE, call, in, &out);
    long allocations = counted();
    for (long i = 0; i < allocations; i += allocations / 50 + 1) {
        arm(i, 0);
        (void)do_call(FACADE, call, in, &out);
    }
    arm(-1, 0);
    check("secrets wiped", watch(NULL) == 0);
}

/// Without random numbers the process ends; nothing is made of others.
static void end_without_entropy(const char *call, const struct bytes *in)
{
    static struct bytes out;
    if (strcmp(call, "RSA sign") != 0 && strcmp(call, "ECDSA sign") != 0 &&
        strcmp(call, "RSA generate") != 0 && strcmp(call, "RSA encrypt") != 0) {
        return;
    }
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        no_entropy(1);
        _exit(do_call(FACADE, call, in, &out) == 1);
    }
    check("no random numbers", child > 0 && waitpid(child, &status, 0) == child &&
                                   WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void run(char *line)
{
    static char calls[32][32];
    static size_t count;
    static struct bytes in[MOST_INPUTS];
    char *input = strchr(line, '|');
    if (input == NULL || count == 32 || (size_t)(input - line) >= sizeof(calls[0])) {
        give_up("not a call", line);
    }
    *input++ = 0;
    for (size_t i = 0; i < MOST_INPUTS; i++) {
        char *comma = input != NULL ? strchr(input, ',') : NULL;
        if (comma != NULL) {
            *comma = 0;
        }
        memset(in[i].data, 0, 64); // keys and chaining values are read at their full size
        from_hex(&in[i], input != NULL ? input : "");
        input = comma != NULL ? comma + 1 : NULL;
    }
    const char *call = strcpy(calls[count++], line);
    fail_each(call, in);
    look_for_secret(call, in);
    end_without_entropy(call, in);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        give_up("usage", "faults CALLS.so < CALLS");
    }
    find_hooks(argv[1]);
    load_side(FACADE, argv[1]);
    for_each_line(run);
    return report();
}
