// SPDX-License-Identifier: MIT
// The libraries under test, verdicts and their counts, in the line protocol of the tests.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"
#include "cpu.h"
#include "ways.h"

static const struct call *const *tables[2];
static unsigned (*choose)(unsigned allowed); ///< of the facade's library, if it was linked with it
static unsigned long passed, failed;
static unsigned long cases[64], failures[64], case_names;
static const char *names[64];

_Noreturn void give_up(const char *what, const char *which)
{
    (void)fprintf(stderr, "vtpm-test: %s: %s\n", what, which);
    exit(2);
}

void load_side(enum side side, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        give_up("cannot load", dlerror());
    }
    const struct call *const *(*get)(void);
    *(void **)&get = dlsym(library, "calls");
    if (get == NULL) {
        give_up("no calls() in", path);
    }
    tables[side] = get();
    if (side == FACADE) {
        *(void **)&choose = dlsym(library, "use_way");
    }
}

int take_way(const char *way)
{
    static const struct {
        const char *name;
        unsigned needs;
    } ways[] = {{"plain", 0}, {"mulx", CPU_MULX_ADX}, {"avx2", CPU_AVX2}, {"sha", CPU_SHA}};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, way) != 0) {
            continue;
        }
        if (choose == NULL) {
            give_up("a library whose way cannot be chosen", way);
        }
        if ((choose(ways[i].needs) & ways[i].needs) == ways[i].needs) {
            return 1;
        }
        (void)printf("skip - %s: this processor lacks it\n0 passed, 0 failed, 1 skipped\n", way);
        return 0;
    }
    give_up("no such way", way);
}

void check_way(void)
{
    if ((choose(0) & WAY_ASKED) == 0) {
        give_up("nothing asked for", "the processor");
    }
}

int do_call(enum side side, const char *name, const struct bytes *in, struct bytes *out)
{
    for (const struct call *const *table = tables[side]; *table != NULL; table++) {
        for (const struct call *call = *table; call->name != NULL; call++) {
            if (strcmp(call->name, name) == 0) {
                out->size = 0;
                return call->function(in, out);
            }
        }
    }
    give_up("no such operation", name);
}

/// Names of tests have no spaces.
static void print_name(const char *name)
{
    for (; *name != 0; name++) {
        (void)putchar(*name == ' ' ? '-' : *name);
    }
}

void check(const char *name, int good)
{
    unsigned long i = 0;
    while (i < case_names && strcmp(names[i], name) != 0) {
        i++;
    }
    if (i == case_names) {
        if (case_names == sizeof(names) / sizeof(names[0])) {
            give_up("too many tests", name);
        }
        names[case_names++] = name;
    }
    cases[i]++;
    if (good) {
        passed++;
    } else if (failures[i]++, failed++ < 20) {
        (void)printf("not ok - ");
        print_name(name);
        (void)printf(": case %lu differs\n", cases[i]);
    }
}

void from_hex(struct bytes *b, const char *digits)
{
    char pair[3] = {0};
    b->size = 0;
    if (strlen(digits) % 2 != 0) {
        b->data[b->size++] = (unsigned char)strtoul((char[2]){*digits++, 0}, NULL, 16);
    }
    for (; *digits != 0; digits += 2) {
        memcpy(pair, digits, 2);
        b->data[b->size++] = (unsigned char)strtoul(pair, NULL, 16);
    }
}

void for_each_line(void (*run)(char *line))
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t size; (size = getline(&line, &room, stdin)) > 0;) {
        line[size - 1] = 0;
        run(line);
    }
    free(line);
}

int report(void)
{
    for (unsigned long i = 0; i < case_names; i++) {
        if (failures[i] == 0) {
            (void)printf("ok - ");
            print_name(names[i]);
            (void)printf(": %lu cases\n", cases[i]);
        }
    }
    (void)printf("%lu passed, %lu failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
