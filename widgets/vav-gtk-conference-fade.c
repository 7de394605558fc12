/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

/* When header and controls are to be seen: in a running call they go when nobody does anything, and come back at once. Faded out they are only drawn no
 * more: a screen reader still finds them, and Tab goes to them, which brings them back. */

#define HIDE_AFTER_S 3

static gboolean
has_open_popover (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if ((GTK_IS_POPOVER (child) && gtk_widget_get_visible (child)) || has_open_popover (child))
      return TRUE;
  return FALSE;
}

static gboolean
has_pointer (GtkWidget *box)
{
  return (gtk_widget_get_state_flags (box) & GTK_STATE_FLAG_PRELIGHT) != 0;
}

static gboolean
has_focus (GtkWidget *box)
{
  return (gtk_widget_get_state_flags (box) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static gboolean
is_needed (VavGtkConference *self)
{
  GtkWidget *boxes[] = { self->header_box, self->controls_box };

  if (self->stream == NULL || vav_stream_get_state (self->stream) != VAV_STATE_ACTIVE
      || vav_stream_get_held (self->stream))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (has_pointer (boxes[i]) || (self->focused && has_focus (boxes[i])) || has_open_popover (boxes[i]))
      return TRUE;
  return FALSE;
}

static void
set_shown (VavGtkConference *self, gboolean shown)
{
  if (self->controls_shown == shown)
    return;
  self->controls_shown = shown;
  if (shown)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "controls-hidden");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "controls-hidden");
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self->overlay), shown ? NULL : "none");
  g_object_notify (G_OBJECT (self), "controls-shown");
}

static gboolean
on_idle_time (gpointer user_data)
{
  VavGtkConference *self = user_data;

  if (is_needed (self))
    return G_SOURCE_CONTINUE;
  self->fade = 0;
  set_shown (self, FALSE);
  return G_SOURCE_REMOVE;
}

void
vav_gtk_conference_stop_fade (VavGtkConference *self)
{
  g_clear_handle_id (&self->fade, g_source_remove);
}

/* Shows header and controls; from now on they are shown for a while. */
void
vav_gtk_conference_wake (VavGtkConference *self)
{
  vav_gtk_conference_stop_fade (self);
  if (self->stream != NULL && vav_stream_is_busy (self->stream))
    self->fade = g_timeout_add_seconds (HIDE_AFTER_S, on_idle_time, self);
  set_shown (self, TRUE);
}

/* --- what wakes them --- */

static gboolean
has_moved (VavGtkConference *self, GdkEvent *event)
{
  double x, y;

  if (!gdk_event_get_position (event, &x, &y))
    return FALSE;
  if (ABS (x - self->pointer_x) < 1 && ABS (y - self->pointer_y) < 1)
    return FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
  return TRUE;
}

static gboolean
is_over_controls (VavGtkConference *self, GdkEvent *event)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_native (GTK_WIDGET (self)));
  GtkWidget *target;
  double x, y, left, top;

  if (!gdk_event_get_position (event, &x, &y))
    return FALSE;
  gtk_native_get_surface_transform (GTK_NATIVE (root), &left, &top);
  target = gtk_widget_pick (root, x - left, y - top, GTK_PICK_DEFAULT);
  return target != NULL
         && (gtk_widget_is_ancestor (target, self->header_box) || gtk_widget_is_ancestor (target, self->controls_box));
}

/* A finger brings back what it does not see, and presses nothing of it. */
static gboolean
on_press (VavGtkConference *self, GdkEvent *event)
{
  gboolean blind = !self->controls_shown && is_over_controls (self, event);

  self->focused = FALSE;
  vav_gtk_conference_wake (self);
  return blind ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static gboolean
on_event (VavGtkConference *self, GdkEvent *event)
{
  switch ((int)gdk_event_get_event_type (event))
    {
    case GDK_MOTION_NOTIFY:
      if (has_moved (self, event))
        vav_gtk_conference_wake (self);
      break;
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
      return on_press (self, event);
    case GDK_TOUCH_UPDATE:
    case GDK_SCROLL:
      vav_gtk_conference_wake (self);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_key (VavGtkConference *self, guint key)
{
  static const guint steps[]
      = { GDK_KEY_Tab, GDK_KEY_ISO_Left_Tab, GDK_KEY_KP_Tab, GDK_KEY_Left, GDK_KEY_Right, GDK_KEY_Up, GDK_KEY_Down };

  self->steps = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (key == steps[i])
      self->steps = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    vav_gtk_conference_wake (self);
  return GDK_EVENT_PROPAGATE;
}

/* GTK gives a button the focus by itself when what had it goes, and a button keeps it after a click: such a focus does not hold the controls. */
static void
on_focus (VavGtkConference *self)
{
  self->focused = self->steps && (has_focus (self->header_box) || has_focus (self->controls_box));
  if (has_focus (GTK_WIDGET (self)))
    vav_gtk_conference_wake (self);
}

/* From now on the keys and the focus of that root are heard; %NULL: of none. */
void
vav_gtk_conference_listen (VavGtkConference *self, GtkWidget *root)
{
  if (self->listened != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->listened, self);
      gtk_widget_remove_controller (self->listened, self->key);
    }
  self->listened = root;
  self->key = NULL;
  if (root == NULL)
    return;
  self->key = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->key, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (root, self->key);
  g_signal_connect_swapped (root, "notify::focus-widget", G_CALLBACK (on_focus), self);
}

void
vav_gtk_conference_init_fade (VavGtkConference *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  self->controls_shown = TRUE;
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self), events);
}
