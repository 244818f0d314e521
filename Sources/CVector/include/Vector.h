// The machine's float vector, and the few instructions that Swift has no name for. What the CPU can do: Processor.h.
#pragma once

// Everything here is inlined: no vector is passed by an ABI.
#pragma clang diagnostic ignored "-Wpsabi"

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

// x·y + z of each element, rounded once. (Swift's `addingProduct` goes element by element before it is optimised, and where a factor or the
// addend is a constant it stays so in part.)
static inline Lane laneFMA(Lane x, Lane y, Lane z) { return __builtin_elementwise_fma(x, y, z); }

// Each element of `x`, but at least -bound and at most `bound`; NaN stays. (Swift's `replacing(with:where:)` and `pointwiseMin` go element by
// element before they are optimised: so large that no function with several of them is inlined.)
static inline Lane laneClamped(Lane x, float bound) {
    Lane high = (Lane)(bound), low = (Lane)(-bound);
    x = x > high ? high : x;
    return x < low ? low : x;
}

// The larger of each two elements; `x` where `y` is NaN.
static inline Lane laneMaximum(Lane x, Lane y) { return y > x ? y : x; }

// `value`, but 0 where `x` is below `limit`.
static inline Lane laneZeroedWhereBelow(Lane value, Lane x, float limit) { return x < (Lane)(limit) ? (Lane)(0) : value; }

// The first `count` elements of `x`, the others 0.
static inline Lane laneKept(Lane x, int count) {
    LaneBits places;
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANE_COUNT; i++) places[i] = i;
    return places < count ? x : (Lane)(0);
}

// Sixteen columns, whatever the vector's width. Swift imports it as SIMD16 of Float.
typedef float Sixteen __attribute__((ext_vector_type(16)));

// x·y + z of each element, rounded once.
static inline Sixteen sixteenFMA(Sixteen x, float y, float z) { return __builtin_elementwise_fma(x, (Sixteen)(y), (Sixteen)(z)); }

// `x`, but `amount` less in the element number `place`, if there is one.
static inline Sixteen lessAt(Sixteen x, int place, float amount) {
    typedef int Places __attribute__((ext_vector_type(16)));
    const Places places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return x - (places == place ? (Sixteen)(amount) : (Sixteen)(0));
}

// Up to 64 floats, `blockCount` times sixteen, each times `scale` where its random word is at least `threshold`, otherwise 0. `source` may be `target`.
//
// Philox4x32-10 (Salmon et al. 2011) of sixteen counters (first, second, third + i, fourth), i from 0, with the key (low, high): float 16c + i has word c of
// counter i. (Swift multiplies vectors of integers element by element, and imports no pointer to a vector.)
static inline void maskSixtyFour(
    const float *source, float *target, int blockCount, unsigned int first, unsigned int second, unsigned int third, unsigned int fourth,
    unsigned int low, unsigned int high, unsigned int threshold, float scale) {
    typedef unsigned int Words __attribute__((ext_vector_type(16)));
    typedef unsigned long Wide __attribute__((ext_vector_type(16)));
    const Words places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Words x = (Words)(first), y = (Words)(second), z = places + third, w = (Words)(fourth);
    _Pragma("clang loop unroll(full)") for (int round = 0; round < 10; round++) {
        Wide even = __builtin_convertvector(x, Wide) * (Wide)(0xD2511F53ul), odd = __builtin_convertvector(z, Wide) * (Wide)(0xCD9E8D57ul);
        Words nextX = __builtin_convertvector(odd >> 32, Words) ^ y ^ low;
        Words nextZ = __builtin_convertvector(even >> 32, Words) ^ w ^ high;
        y = __builtin_convertvector(odd, Words);
        w = __builtin_convertvector(even, Words);
        x = nextX;
        z = nextZ;
        low += 0x9E3779B9u;
        high += 0xBB67AE85u;
    }
    const Words words[4] = {x, y, z, w};
    _Pragma("clang loop unroll(full)") for (int block = 0; block < 4; block++) {
        if (block >= blockCount) return;
        Sixteen values;
        __builtin_memcpy(&values, source + 16 * block, sizeof values);
        values = words[block] >= (Words)(threshold) ? values * scale : (Sixteen)(0);
        __builtin_memcpy(target + 16 * block, &values, sizeof values);
    }
}

// Writes the transpose of LANE_COUNT rows of as many floats, row i of which begins at `source + i * sourceStride`: column k goes to
// `target + k * targetStride`. Halves, quarters … of rows change places, each stage in registers.
static inline void transposeBlock(const float *source, long sourceStride, float *target, long targetStride) {
    Lane rows[LANE_COUNT];
#define EXCHANGE(distance, LOW, HIGH) \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANE_COUNT; i++) if (!(i & distance)) { \
        Lane a = rows[i], b = rows[i + distance]; \
        rows[i] = __builtin_shufflevector(a, b, LOW); \
        rows[i + distance] = __builtin_shufflevector(a, b, HIGH); \
    }
#define LANES(...) __VA_ARGS__
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANE_COUNT; i++) __builtin_memcpy(&rows[i], source + i * sourceStride, sizeof(Lane));
#if LANE_COUNT == 16
    EXCHANGE(8, LANES(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), LANES(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
    EXCHANGE(4, LANES(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27), LANES(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
    EXCHANGE(2, LANES(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29), LANES(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
    EXCHANGE(1, LANES(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), LANES(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#elif LANE_COUNT == 8
    EXCHANGE(4, LANES(0, 1, 2, 3, 8, 9, 10, 11), LANES(4, 5, 6, 7, 12, 13, 14, 15))
    EXCHANGE(2, LANES(0, 1, 8, 9, 4, 5, 12, 13), LANES(2, 3, 10, 11, 6, 7, 14, 15))
    EXCHANGE(1, LANES(0, 8, 2, 10, 4, 12, 6, 14), LANES(1, 9, 3, 11, 5, 13, 7, 15))
#else
    EXCHANGE(2, LANES(0, 1, 4, 5), LANES(2, 3, 6, 7))
    EXCHANGE(1, LANES(0, 4, 2, 6), LANES(1, 5, 3, 7))
#endif
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANE_COUNT; i++) __builtin_memcpy(target + i * targetStride, &rows[i], sizeof(Lane));
#undef EXCHANGE
#undef LANES
}

// Asks for the cache line at `address`, into the second-level cache. Never faults.
static inline void prefetchLine(const void *address) { __builtin_prefetch(address, 0, 2); }

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
