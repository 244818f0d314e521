// What the instruction set of the build is, whether this processor has it, and the cores at hand.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// The instruction set extensions that the build may use and this processor lacks, separated by blanks; empty if it has them all.
// The text lives as long as the process.
const char *missingInstructionSets(void);

// The vector extensions that this processor has and the build leaves unused, separated by commas; empty if it uses them all.
// The text lives as long as the process.
const char *unusedInstructionSets(void);

// The vector instruction set of the build: "AVX-512", "AVX2", "NEON" or "baseline".
const char *builtInstructionSet(void);

// Whether the build multiplies pairs of bfloat16 with one instruction (BFloat16.h).
int hasBFloat16Products(void);

// Processor cores that this process may run on, as its affinity mask has it: `mpirun` binds a rank to one core or a few. At least 1.
int usableCoreCount(void);

// Lets another thread run.
void yieldProcessor(void);

#ifdef __cplusplus
}
#endif
