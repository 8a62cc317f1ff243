/* This file does arithmetic that says when it overflows. */
#ifndef POSTMEND_BASE_CHECKED_H
#define POSTMEND_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns true and sets *out only when the result is exact. */
[[nodiscard]] static inline bool checked_add_size(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

[[nodiscard]] static inline bool checked_mul_size(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

[[nodiscard]] static inline bool checked_add_u64(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

[[nodiscard]] static inline bool checked_mul_u64(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
