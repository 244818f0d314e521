// Counts what a thread asks of malloc and its kin, by standing in for them in the test executable. Glibc only.
#pragma once

// Whether allocations can be counted here: 0 without glibc, and where a sanitizer stands in for malloc.
int canCountAllocations(void);

// Begins to count this thread's allocations, from 0.
void beginCountingAllocations(void);

// Ends it. Returns how many there were; -1 where they can't be counted.
long endCountingAllocations(void);
