// SPDX-License-Identifier: MIT
// find_package: libuv CONFIG -> uv_a
// pkg-config: libuv-static
// output: 3
#include <stdio.h>
#include <uv.h>

static int ticks;

static void tick(uv_timer_t *timer)
{
    if (++ticks == 3) {
        uv_timer_stop(timer);
    }
}

int main(void)
{
    uv_timer_t timer;

    uv_timer_init(uv_default_loop(), &timer);
    uv_timer_start(&timer, tick, 1, 1);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    printf("%d\n", ticks);
    return 0;
}
