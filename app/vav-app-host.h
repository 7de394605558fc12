/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppHost:
 *
 * The part of the program that owns the calls: the endpoint, the stream that waits for callers, the calls on the bus. The window is
 * a face of it and may come and go. Knows no GTK.
 *
 * Property `stream`: what the window shows: the present call, else the last, else the waiting stream. Never %NULL.
 *
 * Signal `request` (VavRequest *): a person must decide. Test calls to oneself are accepted before that.
 */
#define VAV_APP_TYPE_HOST (vav_app_host_get_type ())
G_DECLARE_FINAL_TYPE (VavAppHost, vav_app_host, VAV_APP, HOST, GObject)

typedef struct
{
  char *profile;
  char *media;  /* nullable: devices */
  char *listen; /* nullable: the default */
  char *report; /* nullable: file that events are appended to */
  char *stun;   /* nullable */
  char *turn;   /* nullable */
  gboolean relay_only;
  gboolean accept_all;
} VavAppOptions;

void vav_app_options_clear (VavAppOptions *options);

VavAppHost *vav_app_host_new (const VavAppOptions *options, GError **error);

VavEndpoint *vav_app_host_get_endpoint (VavAppHost *self);
VavStream *vav_app_host_get_stream (VavAppHost *self);
VavStream *vav_app_host_get_waiting_stream (VavAppHost *self);
void vav_app_host_show (VavAppHost *self, VavStream *stream); /* the window shows that call from now on, if it is one */
gboolean vav_app_host_is_busy (VavAppHost *self);

/* address: a person's name, an address, a `visavis:` link, or "" for this computer. VAV_ERROR_BUSY in a call. */
gboolean vav_app_host_call (VavAppHost *self, const char *address, GError **error);
void vav_app_host_hang_up_all (VavAppHost *self);

/* Puts the calls on the bus; the connection's names are the caller's business. */
gboolean vav_app_host_export (VavAppHost *self, GDBusConnection *connection, GError **error);

/* Ends all calls gracefully and gives everything back; settles within 3 s. */
void vav_app_host_close_async (VavAppHost *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_app_host_close_finish (VavAppHost *self, GAsyncResult *result, GError **error);

G_END_DECLS
