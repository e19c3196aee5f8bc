// SPDX-License-Identifier: MIT
// The heap that newlib's malloc grows. It is one anonymous mapping that grows in place; a step maps
// more than was asked for, which costs nothing until it is touched, and gives back what malloc no
// longer needs, but for a reserve. A kernel without mmap gets an arena in .bss. Called with
// malloc's lock held.
#include <errno.h>
#include <reent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"
#include "../private/start.h"

#define ARENA_LEN (256u * 1024)
#define FIRST_STEP (256u * 1024)         /* bytes */
#define LARGEST_STEP (16u * 1024 * 1024) /* bytes */
#define REGION_BASE 0x100000000000ull    /* far from where the kernel puts programs and mappings */
#define REGION_SPREAD 0xfffffffull       /* pages of random displacement */

static _Alignas(16) char arena[ARENA_LEN];
static char *start; // of the mapping or the arena
static char *end;   // first byte that is not usable
static char *brk;   // first byte that is not handed out
static bool growable;

static size_t round_up(size_t len)
{
    return (len + COCO_PAGE_SIZE - 1) & ~(size_t)(COCO_PAGE_SIZE - 1);
}

static void *random_hint(void)
{
    uint64_t pages = 0;
    if (__coco_start_block) {
        memcpy(&pages, __coco_start_block->random + 8, sizeof(pages)); // the canary has the first 8
    }
    return (void *)(uintptr_t)(REGION_BASE + (pages & REGION_SPREAD) * COCO_PAGE_SIZE);
}

static bool map_region(size_t len)
{
    int64_t mapped =
        coco_mmap(COCO_HANDLE_NONE, random_hint(), 0, len,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (!coco_is_error(mapped)) {
        start = brk = (char *)(uintptr_t)mapped;
        end = start + len;
        growable = true;
        return true;
    }
    if (mapped == COCO_ENOMEM) {
        return false;
    }
    start = brk = arena; // upstream's kernel does not know the call
    end = arena + sizeof(arena);
    return true;
}

// Make `needed` more bytes usable behind `end`. Tries a generous step, then the bare need.
static bool grow(size_t needed)
{
    size_t len = (size_t)(end - start);
    size_t step = len / 4 > LARGEST_STEP ? LARGEST_STEP : round_up(len / 4);
    needed = round_up(needed);
    if (!growable) {
        return false;
    }
    if (step > needed && !coco_is_error(coco_mresize(start, len + step))) {
        end += step;
        return true;
    }
    if (coco_is_error(coco_mresize(start, len + needed))) {
        return false;
    }
    end += needed;
    return true;
}

// Give memory behind `brk` back if it is much. A reserve stays, so that memory that goes and comes
// costs no call each time.
static void shrink(void)
{
    size_t used = (size_t)(brk - start);
    size_t keep = used / 4 > LARGEST_STEP ? LARGEST_STEP : used / 4;
    size_t len = round_up(used + (keep > FIRST_STEP ? keep : FIRST_STEP));
    if (growable && (size_t)(end - start) > 2 * len - used &&
        !coco_is_error(coco_mresize(start, len))) {
        end = start + len;
    }
}

void *sbrk(ptrdiff_t increment)
{
    size_t needed = increment > 0 ? (size_t)increment : 0;
    bool ok = needed < PTRDIFF_MAX - COCO_PAGE_SIZE;
    if (ok && !start) {
        ok = map_region(needed > FIRST_STEP ? round_up(needed) : FIRST_STEP);
    }
    if (ok && increment < 0) {
        ok = increment >= start - brk;
    } else if (ok && needed > (size_t)(end - brk)) {
        ok = grow(needed - (size_t)(end - brk));
    }
    if (!ok) {
        errno = increment < 0 ? EINVAL : ENOMEM;
        return (void *)-1;
    }
    char *old = brk;
    brk += increment;
    if (increment < 0) {
        shrink();
    }
    return old;
}

// What newlib's malloc calls. newlib's own sets errno to 0, and free() must not touch it.
void *_sbrk_r(struct _reent *reent, ptrdiff_t increment)
{
    (void)reent;
    return sbrk(increment);
}
