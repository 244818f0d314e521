// bfloat16: a float32's sign, exponent and first 7 bits of its fraction. Two stand in a 32-bit word, the earlier one in the upper half.
//
// A word's two products are added to a sum one after the other, the earlier first, each fused and rounded to nearest even: a chain over words is
// the chain of FMAs over their numbers. Denormals are read as 0 and written as 0. That is what AVX512_BF16's VDPBF16PS does, whatever the thread's
// modes are (Intel's manual, volume 2, VDPBF16PS: both FMAs with DAZ and FTZ, odd elements first; BFloat16Tests holds the processor at hand to it).
// The code beside it does so on x86-64 threads that flush denormals, as all do that multiply.
#pragma once

#include "Vector.h"

#if defined(__AVX512BF16__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define HAS_BFLOAT16_PRODUCTS 1
#else
#define HAS_BFLOAT16_PRODUCTS 0
#endif

// Swift imports it as SIMD16 of UInt32.
typedef unsigned Words __attribute__((ext_vector_type(16)));
typedef unsigned short Halves __attribute__((ext_vector_type(16)));
typedef unsigned LaneWords __attribute__((ext_vector_type(LANE_COUNT)));

// x·y + sum for words of two numbers: fma(x.lower, y.lower, fma(x.upper, y.upper, sum)), by two FMAs on unpacked halves.
static inline Lane lanePairFMAOfHalves(Lane x, Lane y, Lane sum) {
    LaneBits upper = (LaneBits)(-65536);
    sum = __builtin_elementwise_fma((Lane)((LaneBits)x & upper), (Lane)((LaneBits)y & upper), sum);
    return __builtin_elementwise_fma((Lane)((LaneBits)x << 16), (Lane)((LaneBits)y << 16), sum);
}

// The same by one instruction, where the build has it. `y` may be a broadcast out of memory.
static inline Lane lanePairFMA(Lane x, Lane y, Lane sum) {
#if HAS_BFLOAT16_PRODUCTS && LANE_COUNT == 16
    return (Lane)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)y);
#elif HAS_BFLOAT16_PRODUCTS && LANE_COUNT == 8
    return (Lane)_mm256_dpbf16_ps((__m256)sum, (__m256bh)x, (__m256bh)y);
#elif HAS_BFLOAT16_PRODUCTS && LANE_COUNT == 4
    return (Lane)_mm_dpbf16_ps((__m128)sum, (__m128bh)x, (__m128bh)y);
#else
    return lanePairFMAOfHalves(x, y, sum);
#endif
}

// Each number rounded to the nearest bfloat16, to even if two are as near; denormals to a 0 of their sign; NaN stays NaN.
#define ROUNDED(NUMBERS, BITS) \
    BITS bits = (BITS)x, magnitude = bits & 0x7fffffffu; \
    BITS rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u; \
    rounded = magnitude > 0x7f800000u ? ((bits | 0x00400000u) & 0xffff0000u) : rounded; \
    return (NUMBERS)(magnitude < 0x00800000u ? bits & 0x80000000u : rounded);
static inline Sixteen roundedToBFloat16(Sixteen x) { ROUNDED(Sixteen, Words) }

// The same for a vector.
static inline Lane laneRoundedToBFloat16(Lane x) { ROUNDED(Lane, LaneWords) }
#undef ROUNDED

// Words of two rows' numbers, rounded: `earlier` in the upper halves.
static inline Words roundedPairs(Sixteen earlier, Sixteen later) {
#if HAS_BFLOAT16_PRODUCTS && LANE_COUNT == 16
    typedef unsigned short Both __attribute__((ext_vector_type(32)));
    Both both = (Both)_mm512_cvtne2ps_pbh((__m512)earlier, (__m512)later);
    return (Words)__builtin_shufflevector(
        both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#else
    return (Words)roundedToBFloat16(earlier) | (Words)roundedToBFloat16(later) >> 16;
#endif
}

// Writes a vector of neighbours, rounded, to half as many words.
static inline void storePairs(void *words, Lane x) {
#if HAS_BFLOAT16_PRODUCTS && LANE_COUNT == 16
    __m256i rounded = (__m256i)_mm512_cvtneps_pbh((__m512)x);
    _mm256_storeu_si256((__m256i *)words, _mm256_rol_epi32(rounded, 16));
#else
    typedef unsigned PairWords __attribute__((ext_vector_type(LANE_COUNT / 2)));
    LaneWords rounded = (LaneWords)laneRoundedToBFloat16(x);
    PairWords pairs = rounded.even | rounded.odd >> 16;
    __builtin_memcpy(words, &pairs, sizeof pairs);
#endif
}

// Rounds up to LANE_COUNT rows of up to twice as many numbers, and writes the transpose of their words: word k of row i goes to
// `target + k * targetStride + i`, in place of rows that there aren't 0.
static inline void transposePairs(const float *source, long sourceStride, int rowCount, int numberCount, float *target, long targetStride) {
    float block[LANE_COUNT * LANE_COUNT] __attribute__((aligned(64))), transposed[LANE_COUNT * LANE_COUNT] __attribute__((aligned(64)));
    float row[2 * LANE_COUNT] __attribute__((aligned(64)));
    Lane lane;
    if (rowCount < LANE_COUNT) __builtin_memset(block, 0, sizeof block);
    if (numberCount < 2 * LANE_COUNT) __builtin_memset(row, 0, sizeof row);
    for (int i = 0; i < rowCount; i++) {
        const float *numbers = source + i * sourceStride;
        if (numberCount < 2 * LANE_COUNT) {
            __builtin_memcpy(row, numbers, numberCount * sizeof *row);
            numbers = row;
        }
        __builtin_memcpy(&lane, numbers, sizeof lane);
        storePairs(block + i * LANE_COUNT, lane);
        __builtin_memcpy(&lane, numbers + LANE_COUNT, sizeof lane);
        storePairs(block + i * LANE_COUNT + LANE_COUNT / 2, lane);
    }
    if (numberCount == 2 * LANE_COUNT) {
        transposeBlock(block, LANE_COUNT, target, targetStride);
    } else {
        transposeBlock(block, LANE_COUNT, transposed, LANE_COUNT);
        for (int k = 0; k < (numberCount + 1) / 2; k++) {
            __builtin_memcpy(target + k * targetStride, transposed + k * LANE_COUNT, LANE_COUNT * sizeof *target);
        }
    }
}

// The sixteen numbers of eight words.
static inline Sixteen numbersOfPairs(const void *words) {
    Halves halves;
    __builtin_memcpy(&halves, words, sizeof halves);
    halves = __builtin_shufflevector(halves, halves, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    return (Sixteen)(__builtin_convertvector(halves, Words) << 16);
}

// Of sixteen columns of two rows, each of eight words of neighbours: words of the rows' numbers, column by column, the earlier row in the upper halves.
static inline Words pairsOfRows(const void *earlier, const void *later) {
    Halves first, second;
    __builtin_memcpy(&first, earlier, sizeof first);
    __builtin_memcpy(&second, later, sizeof second);
    return (Words)__builtin_shufflevector(
        second, first, 1, 17, 0, 16, 3, 19, 2, 18, 5, 21, 4, 20, 7, 23, 6, 22, 9, 25, 8, 24, 11, 27, 10, 26, 13, 29, 12, 28, 15, 31, 14, 30);
}

// The numbers of words' upper and lower halves.
static inline Sixteen upperNumbers(Words words) { return (Sixteen)(words & 0xffff0000u); }
static inline Sixteen lowerNumbers(Words words) { return (Sixteen)(words << 16); }
