/* This file sets this process up and runs others for their output. */
#ifndef POSTMEND_OS_PROCESS_H
#define POSTMEND_OS_PROCESS_H

#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Once, at the start: no core dumps and no debugger of the same user (a dump
 * may hold a password), process_ignore_broken_pipes(), and as many descriptors
 * as the system allows. On Windows: output as it is written, UTF-8 on the
 * console. NULL, or one line that says why this system will not do. */
[[nodiscard]] const char *process_prepare(void);

/* The words after the program's name, in UTF-8 on both systems. They live as
 * long as the program; NULL, and none, when there is no memory for them. */
const char *const *process_arguments(int argc, char **argv, size_t *n_out);

/* A write to a closed connection is an error, no signal. loop_new() sees to it. */
void process_ignore_broken_pipes(void);

/* How many descriptors may be open at once. */
unsigned process_descriptor_limit(void);

/* Whether this user may see the firewall's rules where the system keeps them in nftables. */
bool process_may_read_rules(void);

/* Runs a program (looked up in PATH) and appends its standard output to `into`,
 * whose cap bounds it; standard input and error are ours. argv ends in NULL and
 * is seen by everybody: never a secret. ST_IO and words in *why_out when it
 * cannot be run or ends with another code than 0. */
[[nodiscard]] enum status process_capture(const char *const argv[], struct buf *into, const char **why_out);

/* Runs a line of the user's shell for its exit code; one that was ended by a signal has -1. What it prints is
 * dropped. ST_IO when it cannot be run. */
[[nodiscard]] enum status process_judge_line(const char *line, int *code_out, const char **why_out);

/* The same with a line for the user's shell (sh -c, cmd.exe /c). */
[[nodiscard]] enum status process_capture_line(const char *line, struct buf *into, const char **why_out);

/* The same without waiting: what is printed goes into `into`, which must live until process_finish() has
 * waited for the end. NULL when memory ended. */
struct process_output;
[[nodiscard]] struct process_output *process_begin_line(const char *line, struct buf *into);
[[nodiscard]] enum status process_finish(struct process_output **at, const char **why_out);

#endif
