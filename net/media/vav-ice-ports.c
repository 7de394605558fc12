/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-ports.h"

#include <glib/gi18n-lib.h>

#define LOWEST 1024 /* below are the system's */

static gboolean
read_port (const char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, LOWEST, G_MAXUINT16, &number, NULL))
    return FALSE;

  *port = (guint16)number;
  return TRUE;
}

static gboolean
read_range (const char *text, VavIcePorts *ports)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 3);

  if (g_strv_length (parts) != 2)
    return FALSE;

  return read_port (g_strstrip (parts[0]), &ports->first) && read_port (g_strstrip (parts[1]), &ports->last);
}

gboolean
vav_ice_ports_parse (const char *text, VavIcePorts *ports, GError **error)
{
  VavIcePorts fresh = { 0, 0 };

  if (text != NULL && *text != '\0')
    {
      if (!read_range (text, &fresh))
        {
          g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                               _ ("Give the first and the last port, each from 1024 to 65535, like 50000-50100."));
          return FALSE;
        }
      if (fresh.last < fresh.first || fresh.last - fresh.first + 1 < VAV_ICE_LEAST_PORTS)
        {
          g_set_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                       _ ("These are too few ports: give %d or more, the lowest first, like 50000-50100."),
                       VAV_ICE_LEAST_PORTS);
          return FALSE;
        }
    }

  *ports = fresh;
  return TRUE;
}
