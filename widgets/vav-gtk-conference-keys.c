/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include <glib/gi18n-lib.h>

/* Keys, and what they are for: hold, full screen, and the space bar that opens the microphone while it is held down. */

static GtkWindow *
get_window (VavGtkConference *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* --- push to talk --- */

/* The key went up, or nobody will hear it go up. */
void
vav_gtk_conference_stop_talking (VavGtkConference *self)
{
  if (!self->talking)
    return;
  self->talking = FALSE;
  vav_gtk_conference_set_microphone (self, FALSE);
}

static gboolean
begin_talking (VavGtkConference *self)
{
  if (self->talking)
    return GDK_EVENT_STOP; /* the key repeats */
  if (vav_gtk_conference_get_microphone (self) || vav_gtk_conference_get_held (self)
      || vav_stream_get_state (self->stream) != VAV_STATE_ACTIVE)
    return GDK_EVENT_PROPAGATE;
  self->talking = TRUE;
  vav_gtk_conference_set_microphone (self, TRUE);
  return GDK_EVENT_STOP;
}

/* --- keys --- */

/* Of several views in a window the one with the focus has the keys; if none has it, the first in a call. Who types goes on typing. */
static gboolean
has_keys (VavGtkConference *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self->keyed));
  GtkWidget *view = focus != NULL ? gtk_widget_get_ancestor (focus, VAV_GTK_TYPE_CONFERENCE) : NULL;

  if (self->stream == NULL || !vav_stream_is_busy (self->stream) || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return FALSE;
  if (focus != NULL && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus)))
    return FALSE;
  return view == NULL || view == GTK_WIDGET (self);
}

static gboolean
run (VavGtkConference *self, const char *action)
{
  return gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

static gboolean
on_key_pressed (VavGtkConference *self, guint key, guint code, GdkModifierType modifiers)
{
  if (!has_keys (self) || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (gdk_keyval_to_lower (key))
    {
    case GDK_KEY_m:
      return run (self, "call.microphone");
    case GDK_KEY_v:
      return run (self, "call.camera");
    case GDK_KEY_s:
      return run (self, "call.screen");
    case GDK_KEY_h:
      return run (self, "call.hold");
    case GDK_KEY_f:
      return run (self, "call.fullscreen");
    case GDK_KEY_space:
      return begin_talking (self);
    case GDK_KEY_Escape:
      if (!vav_gtk_conference_get_fullscreen (self))
        return GDK_EVENT_PROPAGATE;
      vav_gtk_conference_set_fullscreen (self, FALSE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_key_released (VavGtkConference *self, guint key)
{
  if (key == GDK_KEY_space)
    vav_gtk_conference_stop_talking (self);
}

/* A window that is not in front hears of no key going up. */
static void
on_active (VavGtkConference *self)
{
  if (GTK_IS_WINDOW (self->keyed) && !gtk_window_is_active (GTK_WINDOW (self->keyed)))
    vav_gtk_conference_stop_talking (self);
}

static void
on_fullscreened (VavGtkConference *self)
{
  gboolean fullscreen = vav_gtk_conference_get_fullscreen (self);

  gtk_button_set_icon_name (self->fullscreen_button, fullscreen ? "view-restore-symbolic" : "view-fullscreen-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fullscreen_button),
                               fullscreen ? _ ("Leave full screen (Esc)") : _ ("Full screen (F)"));
  g_object_notify (G_OBJECT (self), "fullscreen");
}

/* Whose keys are heard after the focused widget has had them; %NULL: nobody's. */
void
vav_gtk_conference_take_keys (VavGtkConference *self, GtkWidget *root)
{
  if (self->keyed != NULL)
    {
      vav_gtk_conference_stop_talking (self);
      g_signal_handlers_disconnect_by_data (self->keyed, self);
      gtk_widget_remove_controller (self->keyed, self->keys);
    }
  self->keyed = root;
  self->keys = NULL;
  if (root == NULL)
    return;
  self->keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (self->keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (root, self->keys);
  if (!GTK_IS_WINDOW (root))
    return;
  g_signal_connect_swapped (root, "notify::is-active", G_CALLBACK (on_active), self);
  g_signal_connect_swapped (root, "notify::fullscreened", G_CALLBACK (on_fullscreened), self);
  on_fullscreened (self);
}

/* --- public --- */

/**
 * vav_gtk_conference_get_held:
 *
 * Returns: whether this side has the call on hold
 */
gboolean
vav_gtk_conference_get_held (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return self->stream != NULL && vav_stream_get_held (self->stream);
}

/**
 * vav_gtk_conference_set_held:
 *
 * Puts the call on hold or goes on with it; see vav_stream_set_held().
 */
void
vav_gtk_conference_set_held (VavGtkConference *self, gboolean held)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (self->stream != NULL)
    vav_stream_set_held (self->stream, held);
}

/**
 * vav_gtk_conference_get_fullscreen:
 *
 * Returns: whether the window fills the screen
 */
gboolean
vav_gtk_conference_get_fullscreen (VavGtkConference *self)
{
  GtkWindow *window;

  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  window = get_window (self);
  return window != NULL && gtk_window_is_fullscreen (window);
}

/**
 * vav_gtk_conference_set_fullscreen:
 *
 * Asks the window manager for the whole screen for the window that the view is in, or gives it back. `fullscreen` tells when it is so.
 */
void
vav_gtk_conference_set_fullscreen (VavGtkConference *self, gboolean fullscreen)
{
  GtkWindow *window;

  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  window = get_window (self);
  if (window == NULL)
    return;
  if (fullscreen)
    gtk_window_fullscreen (window);
  else
    gtk_window_unfullscreen (window);
}
