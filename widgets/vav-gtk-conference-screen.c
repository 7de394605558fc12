/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include "widgets/vav-gtk-screen.h"

/* The screen in the place of the camera: by the desktop's portal, and only where there is one. */

static guint screen_failed;

void
vav_gtk_conference_install_screen (GtkWidgetClass *widget_class)
{
  screen_failed = g_signal_new ("screen-failed", G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_install_property_action (widget_class, "call.screen", "screen");
}

static void
on_available (VavGtkConference *self)
{
  vav_gtk_conference_update_call (self);
}

/* In a call the portal is looked for, and followed from then on; a program that never calls starts none. */
static gboolean
is_available (VavGtkConference *self)
{
  VavGtkScreen *screen = vav_gtk_screen_get ();

  if (!self->follows_screen)
    g_signal_connect_object (screen, "notify::available", G_CALLBACK (on_available), self, G_CONNECT_SWAPPED);
  self->follows_screen = TRUE;
  return vav_gtk_screen_is_available (screen);
}

/* Whether the person may share a screen now, or stop it: that always. */
gboolean
vav_gtk_conference_can_share (VavGtkConference *self)
{
  if (vav_gtk_conference_get_screen (self))
    return TRUE;
  return self->stream != NULL && vav_stream_get_state (self->stream) == VAV_STATE_ACTIVE
         && !vav_stream_get_held (self->stream) && is_available (self);
}

void
vav_gtk_conference_on_sharing (VavGtkConference *self)
{
  vav_gtk_conference_update_call (self);
  g_object_notify (G_OBJECT (self), "screen");
}

/* Without an error somebody wanted it so. */
void
vav_gtk_conference_on_sharing_ended (VavGtkConference *self, const GError *error)
{
  if (error != NULL)
    g_signal_emit (self, screen_failed, 0, error);
}

static void
on_shared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkConference) self = user_data;
  g_autoptr (GError) error = NULL;

  self->asks_screen = FALSE;
  if (!vav_gtk_screen_share_finish (VAV_GTK_SCREEN (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, screen_failed, 0, error);
}

/**
 * vav_gtk_conference_get_screen:
 *
 * Returns: whether a screen is sent in the place of the camera's picture
 */
gboolean
vav_gtk_conference_get_screen (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return self->stream != NULL && vav_stream_get_sharing (self->stream);
}

/**
 * vav_gtk_conference_set_screen:
 * @screen: %TRUE: the person is asked by the desktop what is to be shared, and `screen` notifies when it is; %FALSE: back to the camera
 *
 * Nothing happens where nothing can be shared, nor while the person is asked already.
 */
void
vav_gtk_conference_set_screen (VavGtkConference *self, gboolean screen)
{
  GtkRoot *root;

  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (!!screen == vav_gtk_conference_get_screen (self))
    return;
  if (!screen)
    {
      vav_stream_stop_sharing (self->stream);
      return;
    }
  if (self->asks_screen || !vav_gtk_conference_can_share (self))
    return;

  self->asks_screen = TRUE;
  root = gtk_widget_get_root (GTK_WIDGET (self));
  vav_gtk_screen_share_async (vav_gtk_screen_get (), self->stream, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                              on_shared, g_object_ref (self));
}
