// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <signal.h>

void __coco_sigsetjmp(sigjmp_buf env, int save)
{
    env->__has_mask = save;
    if (save && pthread_sigmask(SIG_SETMASK, NULL, &env->__mask) != 0) {
        env->__has_mask = 0; // a kernel without signals has no masks
    }
}

void siglongjmp(sigjmp_buf env, int value)
{
    if (env->__has_mask) {
        (void)pthread_sigmask(SIG_SETMASK, &env->__mask, NULL); // it was read with success
    }
    longjmp(env->__registers, value);
}
