/* simd_plain.h: the vocabulary of simd.h in the vector extension that GCC and Clang share, for
 * processors without a file of their own. Include simd.h instead. */
#ifndef SCALEBAR_SIMD_PLAIN_H
#define SCALEBAR_SIMD_PLAIN_H

enum { SB_LANES = 2, SB_LANES_F64 = 2, SB_REGISTERS = 32 };

typedef uint64_t sb_u64 __attribute__((vector_size(16)));
typedef int64_t sb_i64 __attribute__((vector_size(16)));
typedef double sb_f64 __attribute__((vector_size(16)));
typedef sb_u64 sb_word, sb_wide, sb_tally;

static inline sb_u64 sb_u64_all(uint64_t x) { return (sb_u64){x, x}; }

static inline sb_word sb_word_all(uint32_t x) { return sb_u64_all(x); }
static inline sb_word sb_word_xor(sb_word a, sb_word b) { return a ^ b; }
static inline sb_word sb_word_xor3(sb_word a, sb_word b, sb_word c) { return a ^ (b ^ c); }
static inline sb_wide sb_word_mul(sb_word a, sb_word b) {
  const sb_u64 low = sb_u64_all(UINT32_MAX);
  return (a & low) * (b & low);
}

/* The square of a signed word is that of its absolute value, which fits an unsigned word. */
static inline sb_wide sb_word_square(sb_word a) {
  const sb_u64 sign = -((a >> 31) & sb_u64_all(1));
  const sb_u64 magnitude = (a ^ sign) - sign;
  return sb_word_mul(magnitude, magnitude);
}

static inline sb_wide sb_wide_all(uint64_t x) { return sb_u64_all(x); }
static inline sb_wide sb_wide_ramp(uint64_t step) { return (sb_wide){0, step}; }
static inline sb_wide sb_wide_add(sb_wide a, sb_wide b) { return a + b; }
static inline sb_word sb_wide_low(sb_wide a) { return a; }
static inline sb_word sb_wide_high(sb_wide a) { return a >> 32; }

static inline sb_tally sb_tally_zero(void) { return sb_u64_all(0); }

/* A comparison that holds is -1 in its lane. */
static inline sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit) {
  return t - (sb_u64)(a >> 32 < limit) - (sb_u64)(b >> 32 < limit);
}

static inline uint64_t sb_u64_sum(sb_u64 a) { return a[0] + a[1]; }
static inline uint64_t sb_tally_sum(sb_tally t) { return sb_u64_sum(t); }

static inline sb_u64 sb_u64_load(const uint64_t *x) { return (sb_u64){x[0], x[1]}; }
static inline sb_u64 sb_u64_mul(sb_u64 a, sb_u64 b) { return a * b; }
static inline sb_f64 sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits) {
  return (sb_f64)((a & mask) | bits);
}

static inline sb_f64 sb_f64_all(double x) { return (sb_f64){x, x}; }
static inline sb_f64 sb_f64_add(sb_f64 a, sb_f64 b) { return a + b; }
static inline sb_f64 sb_f64_sub(sb_f64 a, sb_f64 b) { return a - b; }
static inline sb_f64 sb_f64_mul(sb_f64 a, sb_f64 b) { return a * b; }
static inline sb_f64 sb_f64_fma(sb_f64 a, sb_f64 b, sb_f64 c) { return a * b + c; }

static inline sb_f64 sb_f64_load(const double *x) { return (sb_f64){x[0], x[1]}; }
static inline void sb_f64_store(double *x, sb_f64 a) { memcpy(x, &a, sizeof a); }
static inline void sb_f64_stream(double *x, sb_f64 a) { sb_f64_store(x, a); }
static inline void sb_stream_end(void) {}

static inline sb_f64 sb_f64_west(const double *x, sb_f64 before, sb_f64 here) {
  (void)x;
  return (sb_f64){before[1], here[0]};
}

static inline sb_f64 sb_f64_east(const double *x, sb_f64 here, sb_f64 after) {
  (void)x;
  return (sb_f64){here[1], after[0]};
}

static inline sb_u64 sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b) {
  return count - (sb_u64)(a <= b);
}

#endif
