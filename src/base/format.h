/* This file tells the compiler which of our functions take printf's formats, so that it checks their
 * arguments.
 *
 * The C library's printf is not always the one of the standard: where it is Microsoft's, the compiler takes
 * format(printf) as theirs, which knows no %zu. What our functions call is always the standard's.
 */
#ifndef POSTMEND_BASE_FORMAT_H
#define POSTMEND_BASE_FORMAT_H

#if defined(__GNUC__) && !defined(__clang__)
#define POSTMEND_PRINTF(format_at, arguments_at) __attribute__((format(gnu_printf, format_at, arguments_at)))
#else
#define POSTMEND_PRINTF(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))
#endif

#endif
