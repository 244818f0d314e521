// The machine's float vector, and the few instructions that Swift has no name for. What the CPU can do: Processor.h.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Floats in a vector register: 16 with AVX-512, 8 with AVX2, 4 with NEON. Nothing that is computed depends on it.
#ifndef LANE_COUNT
#if defined(__AVX512F__)
#define LANE_COUNT 16
#elif defined(__AVX2__)
#define LANE_COUNT 8
#else
#define LANE_COUNT 4
#endif
#endif

// Swift imports these as SIMD16, SIMD8 or SIMD4 of Float and Int32: concrete types, so that every operator is inlined.
typedef float Lane __attribute__((ext_vector_type(LANE_COUNT)));
typedef int LaneBits __attribute__((ext_vector_type(LANE_COUNT)));

// √ of each element, rounded as IEEE 754 says. (Swift's own falls to scalar code.)
static inline Lane laneSquareRoot(Lane x) { return __builtin_elementwise_sqrt(x); }

// Tells the core that this thread spins, so that it saves power and lets a sibling run.
static inline void spinPause(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Denormal numbers read as zero and are written as zero on this thread, until `restoreFloatingPoint` with the value returned.
// Gradients through long sequences reach them, and a product with one takes a hundred times as long.
static inline unsigned long flushDenormals(void) {
#if defined(__x86_64__)
    unsigned int before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    return before;
#elif defined(__aarch64__)
    unsigned long before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | (1ul << 24)));
    return before;
#else
    return 0;
#endif
}

static inline void restoreFloatingPoint(unsigned long before) {
#if defined(__x86_64__)
    _mm_setcsr((unsigned int)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
    (void)before;
#endif
}
