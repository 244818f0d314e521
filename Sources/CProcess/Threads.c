#define _GNU_SOURCE
#include "CProcess.h"
#include "Refusal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>

typedef int Create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/// Takes the place of the C library's. Where a thread is refused, Dispatch would try again forever, and Foundation go on without it.
__attribute__((weak)) int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    static Create *systemsOwn;
    if (!systemsOwn) systemsOwn = (Create *)dlsym(RTLD_NEXT, "pthread_create");
    int code = systemsOwn(thread, attributes, body, argument);
    if (code != 0) refuseThread(code);
    return code;
}

size_t provideStack(size_t byteCount) {
    pthread_attr_t attributes;
    size_t usual = 0;
    if (pthread_getattr_default_np(&attributes) == 0) {
        if (pthread_attr_getstacksize(&attributes, &usual) == 0 && usual < byteCount && pthread_attr_setstacksize(&attributes, byteCount) == 0) {
            pthread_setattr_default_np(&attributes);
        }
        pthread_attr_destroy(&attributes);
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return PTRDIFF_MAX;
    if (limit.rlim_cur < byteCount) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > byteCount ? byteCount : limit.rlim_max;
        setrlimit(RLIMIT_STACK, &limit);
        getrlimit(RLIMIT_STACK, &limit);
    }
    return limit.rlim_cur;
}

__attribute__((noinline)) void touchStack(size_t byteCount) {
    volatile char pages[byteCount];
    for (size_t place = 0; place < byteCount; place += 4096) pages[place] = 0;
}
