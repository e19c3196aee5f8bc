// SPDX-License-Identifier: MIT
// What init knows of the services of its image.
#pragma once

#include "manifest.h"

#define SERVICES_MAX 64u
#define HANDLES_AT_START 16u /* more than the kernel gives */
#define CHANNELS_MAX 256u
#define LIST_PATH "/coconut/services" /* names in the order of start, one per line */
#define ASK_TO_END 0x03               /* Ctrl-C: what the host sends for the machine to end */
#define MANIFEST_FOLDER "/coconut/manifests"

enum service_state { SERVICE_WAITING, SERVICE_RUNNING, SERVICE_ENDED, SERVICE_GIVEN_UP };

struct service {
    struct manifest manifest;
    char *bytes; /* of the manifest */
    enum service_state state;
    coco_handle_t process; /* RUNNING */
    uint64_t restart_at;   /* WAITING: monotonic ns */
    uint64_t window;       /* when `restarts` began to count, ns */
    uint32_t restarts;     /* in the window */
    uint32_t total;        /* starts so far */
    coco_handle_t log;     /* what it writes goes there */
};

/// A channel by name. It stays while its server is started again: who calls meanwhile waits.
struct channel {
    const char *name;
    coco_handle_t handle;
};

struct world {
    struct service services[SERVICES_MAX]; /* in the order of start */
    uint32_t count;
    struct channel channels[CHANNELS_MAX];
    uint32_t channel_count;
    uint64_t connections; /* made so far */
    coco_handle_t reader; /* of the machine's log */
    coco_handle_t host;   /* what the host sends; COCO_HANDLE_NONE: nothing, from now on */
    bool asked;           /* the host has asked for the end of the machine */
};

/// Writes a line to init's log.
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/// Reads list and manifests and makes the channels. False after saying what is wrong.
bool world_load(struct world *world);

/// Makes the logs of the services and the reader, and gives up what that takes. False after saying
/// what is wrong.
bool logs_make(struct world *world);

/// Gives up all calls but those that the rest needs. False after saying what is wrong.
bool confine_init(const struct world *world);

/// Makes the directories that services may change, which the image may not have.
void folders_make(const struct world *world);

/// Two variables for the environment of who reads the whole log, each with its NUL: the names of
/// the services by badge, and what each may read. Returns the bytes that they need; more than
/// `size` means that they do not fit.
size_t logs_describe(const struct world *world, char *text, size_t size);

/// Starts a service with its policy and channels: 0, or the error of a call.
int64_t service_start(struct world *world, struct service *service);

/// The channel of this name; COCO_HANDLE_NONE if there is none.
coco_handle_t channel_find(const struct world *world, const char *name);

/// The badge of a new connection: the number of the service and, above it, one that no other
/// connection has. A server never takes a service that was started again for the one before.
uint64_t badge_next(struct world *world, const struct service *service);

/// Makes the server of the registry, if a service may find channels. False if that fails.
bool registry_make(struct world *world);

/// Serves who asks the registry now, without waiting.
void registry_serve(void);

/// Ends a service that runs: asks it first, and insists when it does not end in the time of its
/// manifest.
void service_stop(struct world *world, struct service *service);

/// Starts all services, keeps them going and stops them in the end: exit code of init.
int supervise(struct world *world);
