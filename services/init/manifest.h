// SPDX-License-Identifier: MIT
// Compiled manifests, as `coconut manifest compile` writes them; see
// sdk/tools/coconut_manifest/binary.py. Everything in them is checked again here.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coconut/types.h>

#define MANIFEST_CHANNELS_MAX 16u
#define REGISTRY "registry" /* the channel of init itself */
#define MANIFEST_VIEW_MAX 64u
#define MANIFEST_READS_MAX 64u

enum manifest_stop { STOP_SIGNAL, STOP_MESSAGE };
enum manifest_restart { RESTART_NEVER, RESTART_ON_FAILURE, RESTART_ALWAYS };

/// Start of the file; then call records, then strings.
struct manifest_header {
    char magic[4]; /* "CMAN" */
    uint32_t version;
    uint32_t size; /* of the file */
    uint32_t flags;
    uint32_t restart; /* enum manifest_restart */
    uint32_t reserved;
    uint64_t memory;
    uint32_t threads;
    uint32_t handles;
    uint32_t delay_ms;
    uint32_t delay_max_ms;
    uint32_t attempts;
    uint32_t within_s;
    uint32_t call_count;
    uint32_t argument_count;
    uint32_t environment_count;
    uint32_t root_count; /* 0 or 1 */
    uint32_t offer_count;
    uint32_t use_count;
    uint32_t view_count;
    uint32_t read_count;
    uint32_t cpu_budget; /* us of processor time in each period; 0: no limit */
    uint32_t cpu_period; /* us */
    uint32_t stop;       /* enum manifest_stop */
    uint32_t grace_ms;   /* what it has time for then */
    uint32_t log_rate;   /* records in a second */
    uint32_t log_burst;
    uint32_t log_flags; /* MANIFEST_LOG_* */
    uint32_t find_count;
} __attribute__((packed));

#define MANIFEST_VERSION 4u
#define MANIFEST_CRITICAL 1u
#define MANIFEST_LOG_MACHINE 1u /* it gets a reader of the whole log */

/// `count` strings with their NULs, one behind the other.
struct manifest_strings {
    const char *text;
    size_t len;
    uint32_t count;
};

/// What it says; all pointers lead into the file's bytes.
struct manifest {
    struct manifest_header header;
    const char *name;
    const char *executable;
    const char *root; /* NULL: none */
    const struct coco_call_set *calls;
    struct manifest_strings arguments;
    struct manifest_strings environment;
    const char *offers[MANIFEST_CHANNELS_MAX];
    const char *uses[MANIFEST_CHANNELS_MAX + 1]; /* with the registry, for who finds */
    const char *finds[MANIFEST_CHANNELS_MAX];
    const char *reads[MANIFEST_READS_MAX]; /* names whose records it may read */
    const char *view[MANIFEST_VIEW_MAX]; /* paths behind an r to read, w to write, d of a device */
};

/// Reads the `len` bytes at `data`, which must be aligned to 8. False if they are no manifest.
bool manifest_parse(const char *data, size_t len, struct manifest *out);
