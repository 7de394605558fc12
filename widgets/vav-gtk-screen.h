/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* The desktop's portal for screens (org.freedesktop.portal.ScreenCast), which asks the person what is to be shared. One for the process. Property
 * `available` (notified): it is there and can show something; not known before the session bus has answered, followed from then on. Private to the
 * library. */
#define VAV_GTK_TYPE_SCREEN (vav_gtk_screen_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkScreen, vav_gtk_screen, VAV_GTK, SCREEN, GObject)

VavGtkScreen *vav_gtk_screen_get (void); /* (transfer none) */
gboolean vav_gtk_screen_is_available (VavGtkScreen *self);

/* Has the person choose, in a dialog over the window (nullable), and shares that in the stream's call. Settles when that has begun. Errors:
 * G_IO_ERROR_CANCELLED: the person chose nothing, or the call ended meanwhile; others: a sentence to be shown. How it ends is told by the stream;
 * the portal's session ends with it, and it with the portal's session. */
void vav_gtk_screen_share_async (VavGtkScreen *self, VavStream *stream, GtkWindow *window, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean vav_gtk_screen_share_finish (VavGtkScreen *self, GAsyncResult *result, GError **error);

G_END_DECLS
