/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-words.h"

static VavState
get_state (VavGtkConference *self)
{
  return self->stream != NULL ? vav_stream_get_state (self->stream) : VAV_STATE_IDLE;
}

static gboolean
is_connected (VavState state)
{
  return state == VAV_STATE_ACTIVE || state == VAV_STATE_RECONNECTING;
}

static gboolean
has_flow (VavGtkConference *self, VavFlows flow)
{
  return self->stream != NULL && (vav_stream_get_flows (self->stream) & flow) != 0;
}

/* --- the idle page --- */

static void
update_result (VavGtkConference *self, VavState state)
{
  if (state == VAV_STATE_ENDED || state == VAV_STATE_FAILED)
    vav_gtk_conference_keep_end (self);
  else if (state != VAV_STATE_IDLE)
    vav_gtk_conference_forget_end (self);

  gtk_widget_set_visible (self->result_box, self->last_words != NULL);
  if (self->last_words == NULL)
    return;
  vav_gtk_portrait_set_name (self->result_portrait, self->last_name);
  gtk_label_set_label (self->result_label, self->last_words);
  gtk_widget_set_visible (self->again_button, self->last_address != NULL);
}

/* --- the call page --- */

/* Returns: what stands in the middle; the seconds are counted where they are of interest */
static char *
dup_waiting_words (VavGtkConference *self)
{
  g_autofree char *words = self->stream != NULL ? vav_gtk_words_waiting (self->stream) : NULL;
  gint64 seconds = self->waiting_since != 0 ? (g_get_monotonic_time () - self->waiting_since) / G_USEC_PER_SEC : 0;
  g_autofree char *clock = NULL;

  if (words == NULL || get_state (self) != VAV_STATE_RECONNECTING)
    return g_steal_pointer (&words);
  clock = vav_gtk_words_clock (seconds);
  return g_strdup_printf ("%s %s", words, clock);
}

/* How long it has been, and whether what one sees is a screen. */
static char *
dup_active_words (VavGtkConference *self)
{
  g_autofree char *clock = vav_gtk_words_clock ((g_get_monotonic_time () - self->active_since) / G_USEC_PER_SEC);

  if (!vav_stream_get_peer_sharing (self->stream))
    return g_steal_pointer (&clock);
  /* Translators: stands beside the other person's name; %s is how long the call has been going on, such as 12:31 */
  return g_strdup_printf (_ ("%s · sharing the screen"), clock);
}

static void
update_clock_label (VavGtkConference *self)
{
  g_autofree char *words = NULL;

  if (get_state (self) == VAV_STATE_ACTIVE)
    words = dup_active_words (self);
  else if (self->stream != NULL)
    words = vav_gtk_words_state (self->stream);
  gtk_label_set_label (self->state_label, words != NULL ? words : "");
  if (self->waiting_since != 0)
    {
      g_autofree char *waiting = dup_waiting_words (self);

      gtk_label_set_label (self->placeholder_label, waiting != NULL ? waiting : "");
    }
}

static gboolean
tick (gpointer user_data)
{
  update_clock_label (user_data);
  return G_SOURCE_CONTINUE;
}

void
vav_gtk_conference_stop_clock (VavGtkConference *self)
{
  g_clear_handle_id (&self->clock, g_source_remove);
}

/* A call that was already active when the view got it began when the stream says; else it begins when it is seen to become active. */
static void
update_clock (VavGtkConference *self, VavState state)
{
  if (!is_connected (state))
    {
      self->active_since = 0;
      vav_gtk_conference_stop_clock (self);
    }
  else if (self->active_since == 0)
    {
      gint64 *since = g_object_get_data (G_OBJECT (self->stream), VAV_GTK_ACTIVE_SINCE);

      /* views share the moment, so a call moved to another view goes on counting */
      if (since == NULL || since[1] != (gint64)vav_stream_get_value (self->stream))
        {
          since = g_new (gint64, 2);
          since[0] = g_get_monotonic_time ();
          since[1] = (gint64)vav_stream_get_value (self->stream);
          g_object_set_data_full (G_OBJECT (self->stream), VAV_GTK_ACTIVE_SINCE, since, g_free);
        }
      self->active_since = since[0];
      if (self->clock == 0)
        self->clock = g_timeout_add_seconds (1, tick, self);
    }
  update_clock_label (self);
}

/* A call that does not go on: since when, and its last picture stays, out of focus. */
static void
update_waiting (VavGtkConference *self)
{
  g_autofree char *words = self->stream != NULL ? vav_gtk_words_waiting (self->stream) : NULL;
  gboolean spins = get_state (self) == VAV_STATE_RECONNECTING;

  if (words == NULL)
    self->waiting_since = 0;
  else if (self->waiting_since == 0)
    self->waiting_since = g_get_monotonic_time ();
  vav_gtk_video_view_set_dimmed (self->main_view, words != NULL && !vav_gtk_conference_is_swapped (self));
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), spins);
  gtk_spinner_set_spinning (self->spinner, spins);
}

/* The other side's picture has stopped, as the path carries none: what was seen last would look like a person who does not move. */
static gboolean
is_paused (VavGtkConference *self)
{
  return self->stream != NULL && vav_stream_get_peer_slow (self->stream) == VAV_SLOW_PAUSED;
}

/* In the middle one below the other; or side by side, on the own picture. */
static void
update_words (VavGtkConference *self)
{
  gboolean over = vav_gtk_conference_has_words_over (self);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->placeholder_box),
                                  over ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  (over ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (self->placeholder_box, "over");
  gtk_widget_set_halign (GTK_WIDGET (self->placeholder_name), over ? GTK_ALIGN_START : GTK_ALIGN_FILL);
  gtk_widget_set_halign (GTK_WIDGET (self->placeholder_label), over ? GTK_ALIGN_START : GTK_ALIGN_FILL);
  gtk_label_set_justify (self->placeholder_label, over ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_CENTER);
}

/* Whether the main picture is there, or words in its place; or both, where it stands still. */
static void
update_placeholder (VavGtkConference *self)
{
  gboolean own = self->view == VAV_GTK_VIEW_OWN || vav_gtk_conference_is_swapped (self);
  gboolean there = own || (is_connected (get_state (self)) && !is_paused (self));
  gboolean seen = vav_gtk_video_view_get_aspect (self->main_view) > 0 && there;
  g_autofree char *waiting = dup_waiting_words (self);
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->placeholder_box, !seen || waiting != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->placeholder_portrait), !seen);
  gtk_widget_set_opacity (GTK_WIDGET (self->main_view), seen ? 1 : 0);
  gtk_widget_set_visible (self->header_box, seen || (is_connected (get_state (self)) && !self->own_fills));
  update_words (self);
  if ((seen && waiting == NULL) || self->stream == NULL)
    return;
  name = vav_gtk_words_name (self->stream);
  if (waiting != NULL)
    words = g_strdup (waiting);
  else if (own && is_connected (get_state (self)))
    words = g_strdup (_ ("Your camera is off"));
  else
    words = vav_gtk_words_missing_picture (self->stream);
  vav_gtk_portrait_set_name (self->placeholder_portrait, name);
  gtk_label_set_label (self->placeholder_name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->placeholder_name),
                          !seen && strstr (words, name) == NULL
                              && (self->name_visible || !is_connected (get_state (self))));
  gtk_label_set_label (self->placeholder_label, words);
}

/* Stays as long as it is so: who talks to somebody that cannot be heard, or is hardly seen, wonders why. */
static void
update_silence (VavGtkConference *self)
{
  g_autofree char *words = self->stream != NULL ? vav_gtk_words_missing_sound (self->stream) : NULL;

  if (words == NULL && self->stream != NULL)
    words = vav_gtk_words_slow (self->stream);
  gtk_widget_set_visible (GTK_WIDGET (self->silence_label), words != NULL && self->view != VAV_GTK_VIEW_OWN);
  gtk_label_set_label (self->silence_label, words != NULL ? words : "");
}

/* For who does not see it. */
static const char *
name_picture (VavGtkConference *self, gboolean own)
{
  if (own)
    return vav_gtk_conference_get_screen (self) ? _ ("Your screen") : _ ("Your own picture");
  if (self->stream != NULL && vav_stream_get_peer_sharing (self->stream))
    return _ ("Screen of the other side");
  return _ ("Picture of the other side");
}

static void
update_own (VavGtkConference *self)
{
  gboolean seen = self->view == VAV_GTK_VIEW_BOTH && vav_gtk_video_view_get_aspect (self->own_view) > 0
                  && !vav_gtk_conference_get_held (self); /* it would stand still, as if it were still seen */
  gboolean swapped = vav_gtk_conference_is_swapped (self);

  seen = seen && !(swapped && is_paused (self));
  /* stays mapped, else it would ask for no picture and never get the first */
  gtk_widget_set_visible (GTK_WIDGET (self->own_view), self->view == VAV_GTK_VIEW_BOTH);
  gtk_widget_set_opacity (GTK_WIDGET (self->own_view), seen ? 1 : 0);
  gtk_widget_set_focusable (GTK_WIDGET (self->own_view), seen && !self->own_fills);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->own_view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name_picture (self, !swapped), -1);
  /* while it has the whole view it can be neither moved nor swapped */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->own_view), GTK_ACCESSIBLE_STATE_DISABLED,
                               (gboolean)self->own_fills, -1);
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
}

static void
update_toggle (GtkButton *button, gboolean on, const char *icon_on, const char *icon_off, const char *tooltip)
{
  gtk_button_set_icon_name (button, on ? icon_on : icon_off);
  vav_gtk_conference_set_tooltip (GTK_WIDGET (button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tooltip, -1);
  if (on)
    gtk_widget_remove_css_class (GTK_WIDGET (button), "off");
  else
    gtk_widget_add_css_class (GTK_WIDGET (button), "off");
}

/* Looks as if it could not be pressed, but has the focus and says why; what it chooses counts as soon as there is a device. */
static void
update_device (VavGtkConference *self, GtkButton *button, VavDeviceKind kind, const char *icon, const char *words)
{
  gboolean missing = self->stream != NULL && !vav_endpoint_has (vav_stream_get_endpoint (self->stream), kind);

  if (missing)
    {
      update_toggle (button, FALSE, NULL, icon, words);
      gtk_widget_add_css_class (GTK_WIDGET (button), "missing");
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (button), "missing");
}

/* Which flows run: the buttons and what stands in the place of a picture. */
void
vav_gtk_conference_update_flows (VavGtkConference *self)
{
  gboolean microphone = has_flow (self, VAV_FLOW_AUDIO_OUT);
  gboolean camera = has_flow (self, VAV_FLOW_VIDEO_OUT);
  gboolean held = vav_gtk_conference_get_held (self);
  gboolean screen = vav_gtk_conference_get_screen (self);

  update_toggle (self->microphone_button, microphone, "audio-input-microphone-symbolic", "microphone-disabled-symbolic",
                 microphone ? _ ("Turn the microphone off (M)") : _ ("Turn the microphone on (M)"));
  update_toggle (self->camera_button, camera, "camera-photo-symbolic", "camera-disabled-symbolic",
                 camera ? _ ("Turn the camera off (V)") : _ ("Turn the camera on (V)"));
  update_device (self, self->microphone_button, VAV_DEVICE_MICROPHONE, "microphone-disabled-symbolic",
                 _ ("No microphone can be used"));
  update_device (self, self->camera_button, VAV_DEVICE_CAMERA, "camera-disabled-symbolic", _ ("No camera can be used"));
  update_toggle (self->screen_button, !screen, "video-display-symbolic", "video-display-symbolic",
                 screen ? _ ("Stop sharing the screen (S)") : _ ("Share the screen (S)"));
  update_toggle (self->hold_button, !held, "media-playback-pause-symbolic", "media-playback-start-symbolic",
                 held ? _ ("Go on with the call (H)") : _ ("Put the call on hold (H)"));
  vav_gtk_conference_update_views (self);
}

/* What had the focus goes with its page, and GTK gives it to the next button there is. Nobody chose that, and the space bar would press it. */
static void
show_page (VavGtkConference *self, const char *page)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) == 0)
    return;
  if (root != NULL && (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0)
    gtk_root_set_focus (root, NULL);
  gtk_stack_set_visible_child_name (self->stack, page);
}

/* What follows from the call's state and who it is with. */
void
vav_gtk_conference_update_call (VavGtkConference *self)
{
  VavState state = get_state (self);
  gboolean busy = self->stream != NULL && vav_stream_is_busy (self->stream);
  g_autofree char *name = self->stream != NULL ? vav_gtk_words_name (self->stream) : NULL;

  gtk_label_set_label (self->name_label, name != NULL ? name : "");
  update_result (self, state);
  update_clock (self, state);
  vav_gtk_conference_update_flows (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.hang-up", busy && state != VAV_STATE_CLOSING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.microphone", busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.camera", busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.hold", is_connected (state));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.screen", vav_gtk_conference_can_share (self));
  gtk_widget_set_visible (self->sharing_box, vav_gtk_conference_get_screen (self));
  gtk_widget_set_visible (self->accept_button, state == VAV_STATE_INCOMING);
  gtk_widget_set_visible (GTK_WIDGET (self->microphone_button), state != VAV_STATE_INCOMING);
  gtk_widget_set_visible (GTK_WIDGET (self->camera_button), state != VAV_STATE_INCOMING);
  vav_gtk_conference_update_visibility (self);
  vav_gtk_conference_wake (self);
  show_page (self, busy ? "call" : "idle");
}

void
vav_gtk_conference_update_visibility (VavGtkConference *self)
{
  gboolean can_call = self->stream != NULL || self->endpoint != NULL;
  const char *text = gtk_editable_get_text (self->address_entry);

  gtk_widget_set_visible (self->dialler_box, self->dialler_visible);
  gtk_widget_set_visible (self->detection_box, self->detection_visible);
  gtk_widget_set_visible (self->controls_box, self->controls_visible);
  gtk_widget_set_visible (GTK_WIDGET (self->name_label), self->name_visible);
  gtk_widget_set_visible (GTK_WIDGET (self->hold_button), self->has_hold && is_connected (get_state (self)));
  gtk_widget_set_visible (GTK_WIDGET (self->screen_button), self->has_screen && vav_gtk_conference_can_share (self));
  gtk_widget_set_visible (GTK_WIDGET (self->fullscreen_button), self->has_fullscreen);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), gtk_menu_button_get_menu_model (self->more_button) != NULL);
  gtk_widget_set_sensitive (self->dialler_box, can_call);
  gtk_widget_set_sensitive (self->detection_box, can_call);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.start", can_call && *text != '\0');
}

/* As long as there is one to be kept. */
static void
update_save_picture (VavGtkConference *self)
{
  VavGtkVideoView *remote = vav_gtk_conference_is_swapped (self) ? self->own_view : self->main_view;
  gboolean shown = self->view != VAV_GTK_VIEW_OWN && is_connected (get_state (self));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "call.save-picture",
                                 shown && vav_gtk_video_view_get_aspect (remote) > 0);
}

/* Which pictures are shown, and how. */
void
vav_gtk_conference_update_views (VavGtkConference *self)
{
  gboolean mirror = self->mirror_own && !vav_gtk_conference_get_screen (self); /* what is written there is to be read */
  gboolean swapped, own;

  vav_gtk_conference_update_fills (self);
  swapped = vav_gtk_conference_is_swapped (self);
  own = self->view == VAV_GTK_VIEW_OWN || swapped;
  vav_gtk_video_view_set_source (self->main_view, self->stream, own ? VAV_GTK_DISPLAY_OWN : VAV_GTK_DISPLAY_REMOTE);
  vav_gtk_video_view_set_mirror (self->main_view, own && mirror);
  vav_gtk_video_view_set_source (self->own_view, self->view == VAV_GTK_VIEW_BOTH ? self->stream : NULL,
                                 swapped ? VAV_GTK_DISPLAY_REMOTE : VAV_GTK_DISPLAY_OWN);
  vav_gtk_video_view_set_mirror (self->own_view, !swapped && mirror);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->main_view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name_picture (self, own), -1);
  update_waiting (self);
  update_placeholder (self);
  update_silence (self);
  update_own (self);
  update_save_picture (self);
  vav_gtk_conference_announce_call (self);
}

/* --- layout --- */

void
vav_gtk_conference_update_compact (VavGtkConference *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (gtk_widget_get_width (widget) < VAV_GTK_COMPACT_WIDTH || gtk_widget_get_height (widget) < VAV_GTK_COMPACT_HEIGHT)
    gtk_widget_add_css_class (widget, "compact");
  else
    gtk_widget_remove_css_class (widget, "compact");
}
