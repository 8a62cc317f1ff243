/* This file plays any bytes as a server against a machine; for its fuzz targets.
 *
 * The first byte picks options, the second how the bytes are split. Behind them
 * stand the server's bytes; 0xFF and a second byte are an event instead.
 */
#ifndef POSTMEND_PROBE_MACHINE_FUZZ_H
#define POSTMEND_PROBE_MACHINE_FUZZ_H

#include "probe/probe.h"

#include <stdint.h>

void machine_fuzz(enum protocol protocol, struct view input);

#endif
