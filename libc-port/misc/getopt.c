// SPDX-License-Identifier: MIT
// getopt() as POSIX has it, and getopt_long() with GNU's order of arguments: what is no option
// moves behind the options, unless POSIXLY_CORRECT is set or the list of options starts with '+';
// with '-' it counts as the argument of an option 1. newlib's starts at optind 0 and does not tell
// a missing argument from an unknown option.
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;

// Place behind the last option letter in the argument argv[optind], or NULL: at its start.
static char *letters;

enum order { PERMUTE, STOP, IN_ORDER };

/// What one call works with.
struct parse {
    int argc;
    char **argv;
    const char *shorts; // without its leading '+', '-'
    const struct option *longs;
    int *long_index;
    enum order order;
    bool only; // one '-' introduces a long option, too
};

static bool quiet(const struct parse *parse)
{
    return opterr == 0 || *parse->shorts == ':';
}

static int missing(const struct parse *parse)
{
    return *parse->shorts == ':' ? ':' : '?';
}

static int take_letter(const struct parse *parse)
{
    char *argument = parse->argv[optind];
    char *at = letters ? letters : argument + 1;
    char letter = *at++;
    const char *known = letter == ':' ? NULL : strchr(parse->shorts, letter);
    letters = *at != '\0' ? at : NULL;
    optopt = (unsigned char)letter;
    optarg = NULL;
    if (!known) {
        optind += letters == NULL;
        if (!quiet(parse)) {
            fprintf(stderr, "%s: invalid option -- '%c'\n", parse->argv[0], letter);
        }
        return '?';
    }
    if (known[1] != ':') {
        optind += letters == NULL;
        return optopt;
    }
    optarg = letters;
    letters = NULL;
    optind++;
    if (!optarg && known[2] != ':') {
        if (optind >= parse->argc) {
            if (!quiet(parse)) {
                fprintf(stderr, "%s: option requires an argument -- '%c'\n", parse->argv[0],
                        letter);
            }
            return missing(parse);
        }
        optarg = parse->argv[optind++];
    }
    return optopt;
}

// Whether it does not matter which of two options was meant.
static bool is_same(const struct parse *parse, int first, int second)
{
    const struct option *a = &parse->longs[first];
    const struct option *b = &parse->longs[second];
    return !parse->only && a->has_arg == b->has_arg && a->flag == b->flag && a->val == b->val;
}

// Index of the long option that a name stands for; -1: none; -2: more than one.
static int find_long(const struct parse *parse, const char *name, size_t len)
{
    int found = -1;
    for (int i = 0; parse->longs[i].name; i++) {
        if (strncmp(parse->longs[i].name, name, len) != 0) {
            continue;
        }
        if (parse->longs[i].name[len] == '\0') {
            return i;
        }
        if (found == -1) {
            found = i;
        } else if (found >= 0 && !is_same(parse, found, i)) {
            found = -2;
        }
    }
    return found;
}

static int refuse_long(const struct parse *parse, const char *what, const char *name, int value)
{
    if (!quiet(parse)) {
        fprintf(stderr, "%s: %s '%s'\n", parse->argv[0], what, name);
    }
    optopt = value;
    return '?';
}

static int take_long(const struct parse *parse, int index, const char *name, char *value)
{
    const struct option *option = &parse->longs[index];
    optarg = value;
    optind++;
    if (value && option->has_arg == no_argument) {
        optarg = NULL;
        return refuse_long(parse, "option doesn't allow an argument", name, option->val);
    }
    if (!value && option->has_arg == required_argument) {
        if (optind >= parse->argc) {
            (void)refuse_long(parse, "option requires an argument", name, option->val);
            return missing(parse);
        }
        optarg = parse->argv[optind++];
    }
    if (parse->long_index) {
        *parse->long_index = index;
    }
    if (option->flag) {
        *option->flag = option->val;
        return 0;
    }
    return option->val;
}

// The option at argv[optind], which starts with '-' and is more than that.
static int take_option(const struct parse *parse)
{
    char *argument = parse->argv[optind];
    bool double_dash = argument[1] == '-';
    if (letters || !parse->longs || !(double_dash || parse->only)) {
        return take_letter(parse);
    }
    if (!double_dash && argument[2] == '\0' && strchr(parse->shorts, argument[1])) {
        return take_letter(parse); // there is no other way to give this one
    }
    char *name = argument + 1 + double_dash;
    size_t len = strcspn(name, "=");
    int index = find_long(parse, name, len);
    if (index >= 0) {
        return take_long(parse, index, argument, name[len] == '=' ? name + len + 1 : NULL);
    }
    if (index == -1 && !double_dash && strchr(parse->shorts, name[0])) {
        return take_letter(parse);
    }
    optind++;
    optarg = NULL;
    return refuse_long(parse, index == -1 ? "unrecognized option" : "ambiguous option", argument,
                       0);
}

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0';
}

// Move the arguments from `from` on up to optind, which are options, before those at `to`.
static void move_back(const struct parse *parse, int to, int from)
{
    for (int count = optind - from, i = 0; i < count; i++) {
        char *option = parse->argv[from + i];
        memmove(&parse->argv[to + i + 1], &parse->argv[to + i],
                (size_t)(from - to) * sizeof(*parse->argv));
        parse->argv[to + i] = option;
    }
    optind -= from - to;
}

static int next(const struct parse *parse)
{
    if (optind == 0) { // GNU's way to start anew
        optind = 1;
        letters = NULL;
    }
    int start = optind;
    while (!letters && parse->order == PERMUTE && optind < parse->argc &&
           !is_option(parse->argv[optind])) {
        optind++;
    }
    int from = optind;
    if (optind >= parse->argc || !parse->argv[optind]) {
        optind = start; // only operands are left
        return -1;
    }
    if (!letters && !is_option(parse->argv[optind])) {
        if (parse->order == STOP) {
            return -1;
        }
        optarg = parse->argv[optind++];
        return 1;
    }
    int result = -1;
    if (!letters && strcmp(parse->argv[optind], "--") == 0) {
        optind++;
    } else {
        result = take_option(parse);
    }
    if (from > start) {
        // An argument with more letters to come moves, too; the next call finds it at optind.
        optind += letters != NULL;
        move_back(parse, start, from);
        optind -= letters != NULL;
    }
    return result;
}

static int parse_next(struct parse parse)
{
    if (*parse.shorts == '+' || *parse.shorts == '-') {
        parse.order = *parse.shorts == '+' ? STOP : IN_ORDER;
        parse.shorts++;
    }
    return next(&parse);
}

int getopt(int argc, char *const argv[], const char *options)
{
    return parse_next((struct parse){
        .argc = argc, .argv = (char **)argv, .shorts = options, .order = STOP}); // as POSIX has it
}

static int parse_long(struct parse parse)
{
    parse.order = getenv("POSIXLY_CORRECT") ? STOP : PERMUTE;
    return parse_next(parse);
}

int getopt_long(int argc, char *const argv[], const char *options, const struct option *longs,
                int *long_index)
{
    return parse_long((struct parse){.argc = argc,
                                     .argv = (char **)argv,
                                     .shorts = options ? options : "",
                                     .longs = longs,
                                     .long_index = long_index});
}

int getopt_long_only(int argc, char *const argv[], const char *options, const struct option *longs,
                     int *long_index)
{
    return parse_long((struct parse){.argc = argc,
                                     .argv = (char **)argv,
                                     .shorts = options ? options : "",
                                     .longs = longs,
                                     .long_index = long_index,
                                     .only = true});
}
