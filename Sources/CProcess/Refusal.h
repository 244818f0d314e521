#ifndef REFUSAL_H
#define REFUSAL_H

#include <stddef.h>

/// Ends the process, if it was told to, since `byteCount` of memory were refused; else returns.
void refuseMemory(size_t byteCount);

/// Ends the process, if it was told to, since a thread can't be started for the reason `code`; else returns.
void refuseThread(int code);

#endif
