// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fmtmsg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#define MESSAGE_MAX 1024 /* bytes */
#define LABEL_CLASS_MAX 10
#define LABEL_PROGRAM_MAX 14

enum part { LABEL = 1, SEVERITY = 2, TEXT = 4, ACTION = 8, TAG = 16, ALL = 31 };

// What MSGVERB asks for. Anything but a list of keywords means all.
static unsigned verbosity(void)
{
    static const char *const keywords[] = {"label", "severity", "text", "action", "tag"};
    const char *wanted = getenv("MSGVERB");
    unsigned parts = 0;
    while (wanted && *wanted != '\0') {
        size_t len = strcspn(wanted, ":");
        unsigned found = 0;
        for (unsigned i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
            if (strlen(keywords[i]) == len && strncmp(wanted, keywords[i], len) == 0) {
                found = 1u << i;
            }
        }
        if (found == 0) {
            return ALL;
        }
        parts |= found;
        wanted += len + (wanted[len] == ':');
    }
    return parts != 0 ? parts : ALL;
}

static bool label_good(const char *label)
{
    const char *colon = label ? strchr(label, ':') : NULL;
    return !label ||
           (colon && colon - label <= LABEL_CLASS_MAX && strlen(colon + 1) <= LABEL_PROGRAM_MAX);
}

static const char *severity_name(int severity)
{
    static const char *const names[] = {NULL, "HALT", "ERROR", "WARNING", "INFO"};
    return severity > 0 && severity <= MM_INFO ? names[severity] : NULL;
}

struct message {
    const char *label;
    const char *severity;
    const char *text;
    const char *action;
    const char *tag;
};

static const char *chosen(unsigned parts, enum part part, const char *text)
{
    return (parts & part) != 0 ? text : NULL;
}

// Returns the length, less than size.
static size_t format(char *out, size_t size, unsigned parts, const struct message *message)
{
    const char *label = chosen(parts, LABEL, message->label);
    const char *severity = chosen(parts, SEVERITY, message->severity);
    const char *text = chosen(parts, TEXT, message->text);
    const char *action = chosen(parts, ACTION, message->action);
    const char *tag = chosen(parts, TAG, message->tag);
    int len =
        snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s%s\n", label ? label : "",
                 label && (severity || text || action || tag) ? ": " : "", severity ? severity : "",
                 severity && (text || action || tag) ? ": " : "", text ? text : "",
                 text && (action || tag) ? "\n" : "", action ? "TO FIX: " : "",
                 action ? action : "", action && tag ? "  " : "", tag ? tag : "", "");
    return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

int fmtmsg(long classification, const char *label, int severity, const char *text,
           const char *action, const char *tag)
{
    const struct message message = {label, severity_name(severity), text, action, tag};
    char line[MESSAGE_MAX];
    bool printed = true;
    bool logged = true;
    if (!label_good(label) || severity < MM_NOSEV || severity > MM_INFO) {
        return MM_NOTOK;
    }
    if (classification & MM_PRINT) {
        size_t len = format(line, sizeof(line), verbosity(), &message);
        printed = write(STDERR_FILENO, line, len) == (ssize_t)len;
    }
    if (classification & MM_CONSOLE) {
        size_t len = format(line, sizeof(line), ALL, &message);
        logged = !coco_is_error(coco_write(COCO_HANDLE_LOG, line, len));
    }
    if (!printed && !logged) {
        return MM_NOTOK;
    }
    return !printed ? MM_NOMSG : !logged ? MM_NOCON : MM_OK;
}
