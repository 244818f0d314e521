#define _GNU_SOURCE
#include "Refusal.h"
#include "CProcess.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Of the whole process, as its memory is; 0 until it is set.
static atomic_int exitCode = 0;
static atomic_flag isEnding = ATOMIC_FLAG_INIT;

void endProcessWhenRefused(int code) { atomic_store(&exitCode, code); }

/// Nothing here may allocate.
static void end(const char *text, int length, size_t capacity) {
    size_t count = length < 0 ? 0 : (size_t)length < capacity ? (size_t)length : capacity - 1;
    // If several threads are refused at once, the first prints the message.
    if (!atomic_flag_test_and_set(&isEnding)) {
        while (count > 0) {
            ssize_t written = write(STDERR_FILENO, text, count);
            if (written <= 0) break;
            text += written;
            count -= (size_t)written;
        }
    }
    // Not exit(): it would run handlers that may need the refused memory.
    _exit(atomic_load(&exitCode));
}

void refuseMemory(size_t byteCount) {
    if (atomic_load(&exitCode) == 0) return;
    char text[400];
    int length = snprintf(
        text, sizeof text,
        "lstm-train: no memory: the system refuses %zu bytes more. Raise the limit of this process (ulimit -v, ulimit -d), or lower model.hidden, "
        "model.layers, training.batch or data.length, or give less data.\n",
        byteCount);
    end(text, length, sizeof text);
}

void refuseThread(int code) {
    if (atomic_load(&exitCode) == 0) return;
    char reason[100] = "unknown";
    const char *words = strerror_r(code, reason, sizeof reason);
    char text[400];
    int length = snprintf(
        text, sizeof text,
        "lstm-train: the system refuses another thread: %s. Raise the limits of this process (ulimit -u, ulimit -v) or of its control group (pids.max).\n",
        words);
    end(text, length, sizeof text);
}
