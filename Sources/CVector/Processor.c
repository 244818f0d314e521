#define _GNU_SOURCE
#include "Processor.h"
#include "BFloat16.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
// This file alone must run on any x86-64, so that it can say what is missing instead of dying of SIGILL.
#define NEEDS(text, feature) \
    if (!__builtin_cpu_supports(feature)) strcat(missing, missing[0] ? " " text : text);
#endif

const char *missingInstructionSets(void) {
    static char missing[256];
    missing[0] = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
#if defined(__AVX2__)
    NEEDS("AVX2", "avx2")
#endif
#if defined(__FMA__)
    NEEDS("FMA", "fma")
#endif
#if defined(__BMI2__)
    NEEDS("BMI2", "bmi2")
#endif
#if defined(__AVX512F__)
    NEEDS("AVX512F", "avx512f")
#endif
#if defined(__AVX512BW__)
    NEEDS("AVX512BW", "avx512bw")
#endif
#if defined(__AVX512DQ__)
    NEEDS("AVX512DQ", "avx512dq")
#endif
#if defined(__AVX512VL__)
    NEEDS("AVX512VL", "avx512vl")
#endif
#if defined(__AVX512CD__)
    NEEDS("AVX512CD", "avx512cd")
#endif
#if defined(__AVX512VBMI__)
    NEEDS("AVX512VBMI", "avx512vbmi")
#endif
#if defined(__AVX512VBMI2__)
    NEEDS("AVX512VBMI2", "avx512vbmi2")
#endif
#if defined(__AVX512VNNI__)
    NEEDS("AVX512VNNI", "avx512vnni")
#endif
#if defined(__AVX512BITALG__)
    NEEDS("AVX512BITALG", "avx512bitalg")
#endif
#if defined(__AVX512VPOPCNTDQ__)
    NEEDS("AVX512VPOPCNTDQ", "avx512vpopcntdq")
#endif
#if defined(__AVX512BF16__)
    NEEDS("AVX512BF16", "avx512bf16")
#endif
#endif
    return missing;
}

#define OFFERS(text, feature) \
    if (__builtin_cpu_supports(feature)) strcat(unused, unused[0] ? ", " text : text);

const char *unusedInstructionSets(void) {
    static char unused[64];
    unused[0] = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
#if !defined(__AVX2__)
    OFFERS("AVX2", "avx2")
#endif
#if !defined(__AVX512F__)
    OFFERS("AVX-512", "avx512f")
#endif
#if !defined(__AVX512BF16__)
    OFFERS("AVX512_BF16", "avx512bf16")
#endif
#endif
    return unused;
}

const char *builtInstructionSet(void) {
#if defined(__AVX512F__)
    return "AVX-512";
#elif defined(__AVX2__)
    return "AVX2";
#elif defined(__ARM_NEON)
    return "NEON";
#else
    return "baseline";
#endif
}

int hasBFloat16Products(void) { return HAS_BFLOAT16_PRODUCTS; }

int usableCoreCount(void) {
#if defined(__linux__)
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) > 0) return CPU_COUNT(&mask);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

void yieldProcessor(void) { sched_yield(); }
