// SPDX-License-Identifier: MIT
// Ending one service: it is asked by a message through its first channel or by SIGTERM, as its
// manifest says. What has not ended in time is killed.
#include <signal.h>

#include <coconut/coconut.h>
#include <coconut/event.h>
#include <coconut/service.h>

#include "service.h"

#define MS 1000000ull

/* Whether it was told. */
static bool ask(const struct world *world, const struct service *service, uint64_t deadline)
{
    if (service->manifest.header.stop == STOP_SIGNAL) {
        return !coco_is_error(coco_signal_send(service->process, SIGTERM, 0, 0));
    }
    const coco_handle_t channel = channel_find(world, service->manifest.offers[0]);
    const int64_t connection = coco_channel_connect(channel, COCO_BADGE_MANAGER, 0);

    if (coco_is_error(connection)) {
        return false;
    }
    const int64_t asked = coco_service_request_stop((coco_handle_t)connection, deadline);
    coco_close((coco_handle_t)connection);
    return asked == 0;
}

void service_stop(struct world *world, struct service *service)
{
    const uint64_t deadline = coco_deadline_after(service->manifest.header.grace_ms * MS);
    struct coco_exit_status status;
    const bool ended = ask(world, service, deadline) &&
                       coco_process_wait(service->process, deadline, &status) == 0;

    if (!ended) {
        (void)coco_process_kill(service->process, COCO_SIGNAL_KILL);
        (void)coco_process_wait(service->process, COCO_FOREVER, &status);
    }
    coco_close(service->process);
    service->state = SERVICE_ENDED;
    if (ended && status.reason == COCO_EXIT_CODE && status.code != 0) {
        say("service %s: stopped, code %u", service->manifest.name, status.code);
        return;
    }
    say("service %s: stopped%s", service->manifest.name, ended ? "" : ", by force");
}
