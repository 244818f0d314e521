// What Swift can't say of a process's limits: memory and threads that the system refuses end it with a sentence and an exit code, instead of a trap
// in the middle of the Swift runtime, or of a wait for a thread that never comes.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stddef.h>

/// From now on a refused allocation, or a thread that can't be started, is reported on standard error, and ends the process with `exitCode`, whoever asked
/// for it: this program, the Swift runtime, or a library.
void endProcessWhenRefused(int exitCode);

/// From now on threads share the memory that they allocate from, instead of reserving 64 MB each, which a limit counts as if it were used.
void reserveNoMemoryForThreads(void);

/// Gives every thread that is started from now on a stack of at least `byteCount`, and lets this one's grow to it, as far as the process's hard limit
/// allows.
/// - Returns: how far this thread's may grow.
size_t provideStack(size_t byteCount);

/// Takes `byteCount` of this thread's stack from the system now, so that no call later on fails for want of it.
void touchStack(size_t byteCount);

#endif
