/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-caller.h"
#include "app/vav-app-policy.h"
#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppHost:
 *
 * The part of the program that owns the calls: the endpoint, the stream that waits for callers, the calls on the bus. The window is
 * a face of it and may come and go. Knows no GTK.
 *
 * Property `stream`: what the window shows: the present call, else the last, else who calls. Never %NULL.
 * Property `detection`: whether people can call. As long as it is on a free stream waits, so that a second and a third caller ring, too.
 * Property `busy`: whether a call runs or is being made; one that only rings here does not count.
 * Property `ringing`: whom the person is asked about now; the other callers are listed. %NULL: nobody.
 *
 * Signal `missed` (VavAppCaller *): somebody waited, and gave up or ran out of time.
 */
#define VAV_APP_TYPE_HOST (vav_app_host_get_type ())
G_DECLARE_FINAL_TYPE (VavAppHost, vav_app_host, VAV_APP, HOST, GObject)

typedef struct
{
  char *profile;
  char *media;  /* nullable: devices */
  char *listen; /* nullable: the default */
  char *report; /* nullable: file that events are appended to */
  gboolean relay_only;
  gboolean accept_all;
  VavAppSettings *settings; /* nullable, not owned: outlives the host */
} VavAppOptions;

void vav_app_options_clear (VavAppOptions *options);

VavAppHost *vav_app_host_new (const VavAppOptions *options, GError **error);

VavEndpoint *vav_app_host_get_endpoint (VavAppHost *self);
VavAppPolicy *vav_app_host_get_policy (VavAppHost *self);
VavStream *vav_app_host_get_stream (VavAppHost *self);
gboolean vav_app_host_is_busy (VavAppHost *self);
gboolean vav_app_host_get_detection (VavAppHost *self);
void vav_app_host_set_detection (VavAppHost *self, gboolean detection);

/* Those for whom a person must decide. Test calls to oneself are accepted before that. */
GListModel *vav_app_host_get_callers (VavAppHost *self);
VavAppCaller *vav_app_host_get_ringing (VavAppHost *self);
VavAppCaller *vav_app_host_find_caller (VavAppHost *self, guint64 value);

/* One talks in one call at a time: each of these puts the others on hold. */
void vav_app_host_switch_to (VavAppHost *self, VavStream *stream);
void vav_app_host_answer (VavAppHost *self, VavAppCaller *caller, VavFlows flows);

/* address: a person's name, an address, a `visavis:` link, or "" for this computer. flows: what this side sends and takes at first. */
gboolean vav_app_host_call (VavAppHost *self, const char *address, VavFlows flows, GError **error);
void vav_app_host_hang_up_all (VavAppHost *self); /* those who wait for a decision go on waiting */

/* Puts the calls on the bus; the connection's names are the caller's business. */
gboolean vav_app_host_export (VavAppHost *self, GDBusConnection *connection, GError **error);

/* Ends all calls gracefully and gives everything back; settles within 3 s. */
void vav_app_host_close_async (VavAppHost *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_app_host_close_finish (VavAppHost *self, GAsyncResult *result, GError **error);

G_END_DECLS
