#ifndef REFUSAL_H
#define REFUSAL_H

#include <stddef.h>

/// Ends the process if that was requested, because `byteCount` of memory were refused; otherwise returns.
void refuseMemory(size_t byteCount);

/// Ends the process if that was requested, because a thread can't be started for the reason `code`; otherwise returns.
void refuseThread(int code);

#endif
