// SPDX-License-Identifier: MIT
// Where lines come from: a label and a limit of their rate.
//
// The limit is kept as one time: when the next record would be due if they came at even distances.
// One that comes more than the burst ahead of it is left out. Nothing is added up that could
// overflow, and an idle writer costs nothing.
#include <arch/spinlock.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/format.h>
#include <base/string.h>
#include <fs/log.h>
#include <mm/heap.h>

#define NS_PER_SECOND 1000000000ull

struct log_source {
    uint32_t refs;        /* atomic */
    struct spinlock lock; /* guards due and dropped; a leaf */
    uint64_t interval;    /* ns between records; 0: no limit */
    uint64_t ahead;       /* ns that a record may come early */
    uint64_t due;         /* time of the next record */
    uint64_t dropped;     /* left out since the last one that was taken */
    char label[LOG_SOURCE_NAME + 1];
};

/// A name of a file may be anything: what would break out of the brackets, or of the line, goes.
static void make_harmless(char *label)
{
    for (; *label != '\0'; label++) {
        uint8_t byte = (uint8_t)*label;

        if (byte < 0x20 || byte > 0x7e || byte == '[' || byte == ']') {
            *label = '?';
        }
    }
}

enum status log_source_create(const char *label, uint32_t rate, uint32_t burst,
                              struct log_source **out)
{
    struct log_source *source;
    enum status status = kzalloc_object(&source);

    if (status != OK) {
        return status;
    }
    source->refs = 1;
    spin_init(&source->lock);
    (void)strlcpy(source->label, label, sizeof(source->label)); // a longer one is cut by contract
    make_harmless(source->label);
    if (rate != 0) {
        source->interval = MAX(NS_PER_SECOND / rate, 1ull);
        source->ahead = source->interval * burst;
    }
    *out = source;
    return OK;
}

void log_source_get(struct log_source *source)
{
    uint32_t before = __atomic_fetch_add(&source->refs, 1, __ATOMIC_RELAXED);

    CHECK(before != 0 && before != UINT32_MAX, "reference to a source of log lines that is gone");
}

const char *log_source_label(const struct log_source *source)
{
    return source->label;
}

/// Writes a line; `entry` says priority, flags and process.
static void hand_on(const struct log_source *source, struct log_entry *entry, const char *line,
                    size_t len)
{
    char text[LOG_SOURCE_NAME + LOG_SOURCE_LINE + 8];
    size_t prefix = ksnprintf(text, sizeof(text), "[%s] ", source->label);

    memcpy(text + prefix, line, len);
    text[prefix + len] = '\n';
    entry->text = text;
    entry->len = prefix + len + 1;
    entry->prefix = prefix;
    entry->label = source->label;
    log_sink(entry);
}

static void tell_dropped(const struct log_source *source, uint64_t process, uint64_t count)
{
    char line[48];
    size_t len = ksnprintf(line, sizeof(line), "%lu messages dropped", count);

    struct log_entry entry = {.priority = LOG_SEVERITY_WARNING,
                              .flags = COCO_LOG_KERNEL | COCO_LOG_DROPPED,
                              .process = process};

    hand_on(source, &entry, line, len);
}

/// Whether a record may be written now; `*dropped` is how many before it were not.
static bool admit(struct log_source *source, uint64_t *dropped)
{
    uint64_t now = arch_time_ns();
    irqflags_t flags = spin_lock_irqsave(&source->lock);
    uint64_t due = MAX(source->due, now);
    bool good = due - now <= source->ahead;

    *dropped = 0;
    if (good) {
        *dropped = source->dropped;
        source->dropped = 0;
        source->due = due + source->interval;
    } else {
        source->dropped++;
    }
    spin_unlock_irqrestore(&source->lock, flags);
    return good;
}

void log_source_put(struct log_source *source)
{
    if (source == NULL || __atomic_sub_fetch(&source->refs, 1, __ATOMIC_ACQ_REL) != 0) {
        return;
    }
    if (source->dropped != 0) {
        tell_dropped(source, 0, source->dropped);
    }
    kfree(source);
}

/// Bytes of the character that begins text[0..len): 0 if it is none, or one that a terminal obeys.
static size_t character_len(const char *text, size_t len)
{
    uint8_t lead = (uint8_t)text[0];

    if (lead < 0x80) {
        return (lead < 0x20 && lead != '\t') || lead == 0x7f ? 0 : 1;
    }
    for (size_t count = 2; count <= 4 && count <= len; count++) {
        if (utf8_is_valid(text, count)) {
            bool control = lead == 0xc2 && (uint8_t)text[1] < 0xa0; /* U+0080 to U+009F */

            return control ? 0 : count;
        }
    }
    return 0;
}

void log_source_emit(struct log_source *source, uint64_t process, uint32_t priority,
                     const char *line, size_t len)
{
    char safe[LOG_SOURCE_LINE];
    uint64_t dropped;

    if (!admit(source, &dropped)) {
        return;
    }
    for (size_t i = 0; i < len;) {
        size_t count = character_len(line + i, len - i);

        if (count == 0) {
            safe[i++] = '?';
        } else {
            memcpy(safe + i, line + i, count);
            i += count;
        }
    }
    if (dropped != 0) {
        tell_dropped(source, process, dropped);
    }
    struct log_entry entry = {.priority = priority, .process = process};
    hand_on(source, &entry, safe, len);
}
