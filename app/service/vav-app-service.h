/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

#define VAV_APP_BUS_NAME "org.visavis.Visavis"
#define VAV_APP_BUS_PATH "/org/visavis/Visavis"

/**
 * VavAppService:
 *
 * The calls of an endpoint on the session bus, for all of the user's programs: an ObjectManager and org.visavis.Endpoint1 at
 * VAV_APP_BUS_PATH, each call an object `…/calls/VALUE` with org.visavis.Call1 (resources/dbus/). The calls are the endpoint's streams, whoever began
 * them; those begun by Endpoint1.Connect are held here. A call that is over stays for 5 s, or until it is hung up; one that
 * Connect began and that failed stays until it is hung up, so that its end can be read (the oldest go beyond 64).
 *
 * Main-context object of the endpoint's context. Without a bus it simply is never exported.
 */
#define VAV_APP_TYPE_SERVICE (vav_app_service_get_type ())
G_DECLARE_FINAL_TYPE (VavAppService, vav_app_service, VAV_APP, SERVICE, GObject)

VavAppService *vav_app_service_new (VavEndpoint *endpoint);

/* Whose `detection` Endpoint1.Detection reads and writes. Kept alive. NULL: the property is false and cannot be set. */
void vav_app_service_set_default_stream (VavAppService *self, VavStream *stream);

/**
 * vav_app_service_export:
 * @name: (nullable): the bus name to own for as long as it is exported; %NULL if somebody else sees to the name
 *
 * Puts the objects on the connection. A GApplication calls it with %NULL from its `dbus_register` vfunc, before its own name is
 * taken, so that whoever sees the name finds the objects; others pass vav_app_service_dup_instance_name().
 */
gboolean vav_app_service_export (VavAppService *self, GDBusConnection *connection, const char *name, GError **error);
void vav_app_service_unexport (VavAppService *self);

/* Looks for a session bus in the background and exports on it as this process's instance. No bus: nothing happens, nothing is said. */
void vav_app_service_export_instance (VavAppService *self);

/* `org.visavis.Visavis.Instance_PID` (transfer full) */
char *vav_app_service_dup_instance_name (void);

/* Whether the environment names a session bus. GIO would start one of its own otherwise, which nobody asked for. */
gboolean vav_app_service_has_bus (void);

G_END_DECLS
