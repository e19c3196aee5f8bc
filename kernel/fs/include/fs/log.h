// SPDX-License-Identifier: MIT
// The log: a ring of the most recent lines, each of which is a record, too; the objects through
// which processes write to it, and those through which they read records.
//
// Nothing is allocated when a line is written. The bytes of lines are in one ring, what else a
// record has is in an array of fixed size; a record is there as long as both are.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/log.h>
#include <base/types.h>
#include <mm/user_copy.h>

struct object;
struct log_source;
struct wait_queue;

#define LOG_RING_SIZE 65536u   /* bytes of lines */
#define LOG_RING_RECORDS 1024u /* records */
#define LOG_SOURCE_LINE 224u   /* bytes of a line of a process; upstream's */
#define LOG_SOURCE_NAME 63u    /* bytes of the label in front of it */
#define LOG_PRIORITY_PLAIN 14u /* severity 6, facility 1: of what write() writes */

/// Append a line as a record; the oldest ones make room. Context: any but a non-maskable interrupt
/// and a panic, spinlocks may be held; never sleeps.
void log_ring_append(const struct log_entry *entry);

/// Offsets since boot of the oldest byte still held and of the end.
void log_ring_bounds(uint64_t *start, uint64_t *end);

/// Copy up to `len` bytes from offset `*from` on; if those have gone, from the oldest byte on, and
/// `*from` is set to its offset. Returns the bytes copied, 0 at the end. Context: any.
size_t log_ring_read(uint64_t *from, void *buffer, size_t len);

/// Number of the record that will be written next, and of the oldest that is held: the same if
/// there is none.
uint64_t log_ring_next(void);
uint64_t log_ring_oldest(void);

/// Copy record `sequence`, or the first behind it that is held, with its text, which `text` has
/// COCO_LOG_TEXT_MAX bytes for; `lost` is left alone. False: there is none. Context: any.
bool log_ring_fetch(uint64_t sequence, struct coco_log_record *record, char *text);

/// For a panic, when no other CPU runs: whoever held the lock does not get to release it.
void log_ring_break_lock(void);

/// Lets readers wait; called once, at boot. Wakes those who wait. Context of the latter: any in
/// which wait_wake() may be called.
void log_readers_init(void);
void log_readers_wake(void);

/// Make the log of a process: what is written to it goes to log_sink() line by line with "[name] "
/// in front; control characters but tab become '?'. `name` is copied, cut at 63 bytes. Returns a
/// new reference. ERR_NOMEM.
enum status log_object_create(const char *name, struct object **out) __must_check;

/// The same with label and limits, which have been checked.
enum status log_object_create_with(const struct coco_log_options *options,
                                   struct object **out) __must_check;

/// A log with lines of its own that shares label and limits with `log`.
enum status log_object_derive(struct object *log, struct object **out) __must_check;

/// Label of a log; lives as long as it.
const char *log_object_label(struct object *log);

/// Write `len` bytes, line by line, at once.
void log_object_write(struct object *log, uint32_t priority, const char *text, size_t len);

/// Where lines come from: a label and the limits of its rate, shared by logs. log_source_create()
/// gives one reference; the last one tells of what was left out and not told of yet.
enum status log_source_create(const char *label, uint32_t rate, uint32_t burst,
                              struct log_source **out) __must_check;
void log_source_get(struct log_source *source);
void log_source_put(struct log_source *source);
const char *log_source_label(const struct log_source *source);

/// One line of at most LOG_SOURCE_LINE bytes, without its newline, for log_sink().
void log_source_emit(struct log_source *source, uint64_t process, uint32_t priority,
                     const char *line, size_t len);

/// Make a reader, which begins at the oldest record. Returns a new reference. ERR_NOMEM.
enum status log_reader_create(struct object **out) __must_check;

/// As the calls `log_read` and `log_seek` say.
enum status log_reader_read(struct object *reader, struct user_out buffer, uint64_t deadline,
                            size_t *done) __must_check;
uint64_t log_reader_seek(struct object *reader, uint64_t sequence);

/// Upcall: id of the process that runs; 0 if none does.
uint64_t log_writer(void);

/// Row of the object table for COCO_OBJECT_LOG_READER.
extern const struct object_ops log_reader_object_ops;
