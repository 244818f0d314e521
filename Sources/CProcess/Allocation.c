#define _GNU_SOURCE
#include "Refusal.h"

#include <errno.h>
#include <stdint.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__GLIBC__)

// These take the place of the C library's own, in this program and in all that it loads, and differ from them only where memory is refused. Weak: a
// test that counts allocations has its own.

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void *given(void *memory, size_t byteCount) {
    if (!memory && byteCount > 0) refuseMemory(byteCount);
    return memory;
}

__attribute__((weak)) void *malloc(size_t byteCount) { return given(__libc_malloc(byteCount), byteCount); }

__attribute__((weak)) void *calloc(size_t count, size_t byteCount) {
    size_t whole;
    if (__builtin_mul_overflow(count, byteCount, &whole)) whole = SIZE_MAX;
    return given(__libc_calloc(count, byteCount), whole);
}

__attribute__((weak)) void *realloc(void *block, size_t byteCount) { return given(__libc_realloc(block, byteCount), byteCount); }

__attribute__((weak)) void *memalign(size_t alignment, size_t byteCount) { return given(__libc_memalign(alignment, byteCount), byteCount); }

__attribute__((weak)) void *aligned_alloc(size_t alignment, size_t byteCount) { return memalign(alignment, byteCount); }

__attribute__((weak)) int posix_memalign(void **block, size_t alignment, size_t byteCount) {
    void *memory = memalign(alignment, byteCount);
    if (!memory) return ENOMEM;
    *block = memory;
    return 0;
}

// Memory shared with other ranks, and Dispatch's own, which would ask again forever.
__attribute__((weak)) void *mmap(void *address, size_t byteCount, int protection, int flags, int file, off_t offset) {
    void *memory = (void *)syscall(SYS_mmap, address, byteCount, protection, flags, file, offset);
    if (memory == MAP_FAILED && errno == ENOMEM) refuseMemory(byteCount);
    return memory;
}

__attribute__((weak)) void *mmap64(void *address, size_t byteCount, int protection, int flags, int file, off_t offset) {
    return mmap(address, byteCount, protection, flags, file, offset);
}

void reserveNoMemoryForThreads(void) { mallopt(M_ARENA_MAX, 1); }

#else

void reserveNoMemoryForThreads(void) {}

#endif
