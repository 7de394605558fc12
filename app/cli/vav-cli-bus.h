/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A call as one of this user's programs shows it on the session bus. */
typedef struct
{
  char *owner; /* unique bus name of the program */
  char *path;
  guint64 value;
  gint64 since; /* Unix seconds */
  char *state, *reason, *name, *address, *id, *initiator;
} VavCliBusCall;

/* The session bus; complains in the error's sentence if there is none. (transfer full) */
GDBusConnection *vav_cli_bus_get (GError **error);

/* The unique names of all programs that show calls, each once; the one that is the service first. (transfer full) */
char **vav_cli_bus_list_owners (GDBusConnection *bus, GError **error);

/* All calls of all programs (element-type VavCliBusCall) (transfer full). A program that does not answer in 2 s has none. */
GPtrArray *vav_cli_bus_list_calls (GDBusConnection *bus, GError **error);

G_END_DECLS
