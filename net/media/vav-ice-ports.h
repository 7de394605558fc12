/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* Each call takes a port for each of this computer's addresses, and a changed network as many again. */
#define VAV_ICE_LEAST_PORTS 16

/**
 * VavIcePorts:
 * @first: the lowest UDP port for picture and sound; 0: any
 * @last: the highest
 */
typedef struct
{
  guint16 first;
  guint16 last;
} VavIcePorts;

/* Reads "FIRST-LAST"; nothing (%NULL or empty) is any port. Error: VAV_ERROR_INVALID_ADDRESS, and @ports is not touched. */
gboolean vav_ice_ports_parse (const char *text, VavIcePorts *ports, GError **error);

G_END_DECLS
