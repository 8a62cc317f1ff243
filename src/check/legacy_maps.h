/* This file judges the maps that newer programs keep only for older ones (P44-P47).
 *
 * FMap and FPMap pages must stand in their places with whole trailers; what they
 * say is not judged, because sources read it in two ways and nothing that
 * writes today uses it. A density list is optional.
 */
#ifndef POSTMEND_CHECK_LEGACY_MAPS_H
#define POSTMEND_CHECK_LEGACY_MAPS_H

#include "check/pass.h"

void legacy_maps_judge(struct pass_context *pass);

#endif
