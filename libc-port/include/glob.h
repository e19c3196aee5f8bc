// SPDX-License-Identifier: MIT
// Names of files that match a pattern (POSIX.1-2024, glob). newlib's header lacks GLOB_NOESCAPE,
// GLOB_ABORTED and the types that the standard gives the counts.
#pragma once

#include <sys/cdefs.h>
#include <sys/types.h>

struct dirent;
struct stat;

typedef struct {
    size_t gl_pathc; // names found so far
    char **gl_pathv; // gl_offs times NULL, the names, NULL
    size_t gl_offs;  // with GLOB_DOOFFS: how many NULL come first
    int gl_flags;    // those of the last call, and GLOB_MAGCHAR
    // With GLOB_ALTDIRFUNC these are called in place of the functions of their names.
    void (*gl_closedir)(void *);
    struct dirent *(*gl_readdir)(void *);
    void *(*gl_opendir)(const char *);
    int (*gl_lstat)(const char *__restrict, struct stat *__restrict);
    int (*gl_stat)(const char *__restrict, struct stat *__restrict);
} glob_t;

#define GLOB_APPEND 0x0001   // add to what an earlier call found
#define GLOB_DOOFFS 0x0002   // heed gl_offs
#define GLOB_ERR 0x0004      // a directory that cannot be read ends the search
#define GLOB_MARK 0x0008     // directories get a `/`
#define GLOB_NOCHECK 0x0010  // a pattern that nothing matches is its own result
#define GLOB_NOSORT 0x0020   // in the order of the directory
#define GLOB_NOESCAPE 0x2000 // `\` is an ordinary character

// Beyond the standard, as BSD and GNU have them.
#define GLOB_ALTDIRFUNC 0x0040
#define GLOB_BRACE 0x0080   // {a,b} stands for a and for b
#define GLOB_MAGCHAR 0x0100 // set in gl_flags: the pattern has *, ? or [
#define GLOB_NOMAGIC 0x0200 // GLOB_NOCHECK for patterns without *, ? or [
#define GLOB_QUOTE 0        // as is the rule without GLOB_NOESCAPE
#define GLOB_TILDE 0x0800   // ~ and ~user at the beginning are home directories
#define GLOB_PERIOD 0x4000  // *, ? and [ match a period at the beginning, too

#define GLOB_NOSPACE (-1)
#define GLOB_ABORTED (-2)
#define GLOB_NOMATCH (-3)
#define GLOB_ABEND GLOB_ABORTED

__BEGIN_DECLS

// Puts into `result` the names that match `pattern`, sorted. A name beginning with a period is
// matched by a pattern with a period there only. `on_error`, if not NULL, is called with the path
// of a directory that cannot be read and the error number; a result other than 0 ends the search,
// as GLOB_ERR does in any case. Result: 0; GLOB_NOMATCH; GLOB_ABORTED, with what was found until
// then in `result`; GLOB_NOSPACE. The caller frees `result` by globfree(), whatever the result. Two
// threads need two of `result`.
int glob(const char *__restrict pattern, int flags, int (*on_error)(const char *path, int error),
         glob_t *__restrict result);

// Frees what glob() put into `result`, which afterwards is empty.
void globfree(glob_t *result);

__END_DECLS
