/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference.h"

#include "widgets/vav-gtk-conference-private.h"
#include "widgets/vav-gtk-picture.h"

#define RESOURCES "/org/visavis/gtk/"

static guint save_picture;

G_DEFINE_FINAL_TYPE (VavGtkConference, vav_gtk_conference, GTK_TYPE_WIDGET)

static void
notify (VavGtkConference *self, const char *property)
{
  g_object_notify (G_OBJECT (self), property);
}

/* --- the stream --- */

static void
on_stream_flows (VavGtkConference *self)
{
  vav_gtk_conference_update_flows (self);
  notify (self, "microphone");
  notify (self, "camera");
}

static void
on_stream_held (VavGtkConference *self)
{
  vav_gtk_conference_update_call (self);
  notify (self, "held");
}

static void
on_stream_address (VavGtkConference *self)
{
  notify (self, "address");
}

static void
on_stream_identifier (VavGtkConference *self)
{
  notify (self, "identifier");
}

static void
on_stream_detection (VavGtkConference *self)
{
  notify (self, "detection");
}

static GSignalGroup *
make_signals (VavGtkConference *self)
{
  GSignalGroup *signals = g_signal_group_new (VAV_TYPE_STREAM);

  g_signal_group_connect_swapped (signals, "notify::state", G_CALLBACK (vav_gtk_conference_update_call), self);
  g_signal_group_connect_swapped (signals, "notify::peer", G_CALLBACK (vav_gtk_conference_update_call), self);
  g_signal_group_connect_swapped (signals, "notify::last-error", G_CALLBACK (vav_gtk_conference_update_call), self);
  g_signal_group_connect_swapped (signals, "notify::flows", G_CALLBACK (on_stream_flows), self);
  g_signal_group_connect_swapped (signals, "notify::peer-flows", G_CALLBACK (on_stream_flows), self);
  g_signal_group_connect_swapped (signals, "stats", G_CALLBACK (vav_gtk_conference_show_stats), self);
  g_signal_group_connect_swapped (signals, "notify::held", G_CALLBACK (on_stream_held), self);
  g_signal_group_connect_swapped (signals, "notify::peer-held", G_CALLBACK (on_stream_held), self);
  g_signal_group_connect_swapped (signals, "notify::slow", G_CALLBACK (vav_gtk_conference_update_views), self);
  g_signal_group_connect_swapped (signals, "notify::peer-slow", G_CALLBACK (vav_gtk_conference_update_views), self);
  g_signal_group_connect_swapped (signals, "notify::sharing", G_CALLBACK (vav_gtk_conference_on_sharing), self);
  g_signal_group_connect_swapped (signals, "notify::peer-sharing", G_CALLBACK (vav_gtk_conference_update_flows), self);
  g_signal_group_connect_swapped (signals, "sharing-ended", G_CALLBACK (vav_gtk_conference_on_sharing_ended), self);
  g_signal_group_connect_swapped (signals, "notify::address", G_CALLBACK (on_stream_address), self);
  g_signal_group_connect_swapped (signals, "notify::identifier", G_CALLBACK (on_stream_identifier), self);
  g_signal_group_connect_swapped (signals, "notify::detection", G_CALLBACK (on_stream_detection), self);
  g_signal_group_connect_swapped (signals, "ended", G_CALLBACK (vav_gtk_conference_let_go), self);
  return signals;
}

static GSignalGroup *
make_device_signals (VavGtkConference *self)
{
  GSignalGroup *signals = g_signal_group_new (VAV_TYPE_ENDPOINT);

  g_signal_group_connect_swapped (signals, "notify::has-camera", G_CALLBACK (vav_gtk_conference_update_flows), self);
  g_signal_group_connect_swapped (signals, "notify::has-microphone", G_CALLBACK (vav_gtk_conference_update_flows),
                                  self);
  return signals;
}

static void
on_endpoint_gone (gpointer data, GObject *where_it_was)
{
  VavGtkConference *self = data;

  self->endpoint = NULL;
  vav_gtk_conference_update_visibility (self);
  notify (self, "endpoint");
}

/* --- actions --- */

static void
action_start (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (widget);
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address_entry)));

  if (*address == '\0' || !vav_gtk_conference_dial (self, address, NULL))
    gtk_widget_error_bell (widget);
}

static void
action_again (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (widget);
  g_autofree char *address = g_strdup (self->last_address);

  if (address == NULL || !vav_gtk_conference_dial (self, address, NULL))
    gtk_widget_error_bell (widget);
}

static void
action_hang_up (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (widget);
  g_autoptr (VavStream) stream = self->stream != NULL ? g_object_ref (self->stream) : NULL;

  if (stream != NULL)
    vav_stream_hang_up (stream, NULL);
}

static void
action_accept (GtkWidget *widget, const char *name, GVariant *parameter)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (widget);
  VavRequest *request = self->stream != NULL ? vav_stream_get_request (self->stream) : NULL;

  if (request != NULL && vav_request_is_pending (request))
    vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

/* The program knows where pictures go. */
static void
action_save_picture (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GdkTexture) picture = vav_gtk_conference_dup_picture (VAV_GTK_CONFERENCE (widget));

  if (picture != NULL)
    g_signal_emit (widget, save_picture, 0, picture);
  else
    gtk_widget_error_bell (widget);
}

static void
on_entry_activate (VavGtkConference *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "call.start", NULL);
}

/* --- GObject --- */

/* Not at once: style classes must not change while sizes are given out. */
static gboolean
on_resized (gpointer user_data)
{
  VavGtkConference *self = user_data;

  self->resize = 0;
  vav_gtk_conference_update_compact (self);
  return G_SOURCE_REMOVE;
}

/* The size of its picture, whatever it shows when it comes up: a window without a size of its own has room for a call. */
static void
vav_gtk_conference_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (VAV_GTK_CONFERENCE (widget)->stack), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
  *natural = MAX (*natural, orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480);
}

static void
vav_gtk_conference_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (widget);

  gtk_widget_size_allocate (GTK_WIDGET (self->stack), &(GtkAllocation){ 0, 0, width, height }, baseline);
  if (self->resize == 0)
    self->resize = g_idle_add (on_resized, self);
}

static gboolean
on_place_child (VavGtkConference *self, GtkWidget *child, GdkRectangle *rectangle)
{
  return vav_gtk_conference_place_child (self, child, rectangle);
}

/* Keys go to what has the focus, which may be outside of the view, or nothing at all. */
static void
vav_gtk_conference_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_conference_parent_class)->root (widget);
  vav_gtk_conference_listen (VAV_GTK_CONFERENCE (widget), GTK_WIDGET (gtk_widget_get_root (widget)));
  vav_gtk_conference_take_keys (VAV_GTK_CONFERENCE (widget), GTK_WIDGET (gtk_widget_get_root (widget)));
}

static void
vav_gtk_conference_unroot (GtkWidget *widget)
{
  vav_gtk_conference_listen (VAV_GTK_CONFERENCE (widget), NULL);
  vav_gtk_conference_take_keys (VAV_GTK_CONFERENCE (widget), NULL);
  GTK_WIDGET_CLASS (vav_gtk_conference_parent_class)->unroot (widget);
}

static void
vav_gtk_conference_dispose (GObject *object)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (object);

  /* else the endpoint would hold a stream that nobody knows of, and callers would wait for nobody */
  if (self->stream_is_own && self->stream != NULL)
    vav_stream_set_detection (self->stream, FALSE);
  if (self->stack != NULL)
    {
      vav_gtk_conference_set_stream (self, NULL);
      vav_gtk_details_set_stream (self->details, NULL); /* no notification gets out of here any more */
    }
  vav_gtk_conference_stop_clock (self);
  vav_gtk_conference_stop_fade (self);
  g_clear_handle_id (&self->hush, g_source_remove);
  g_clear_handle_id (&self->resize, g_source_remove);
  if (self->endpoint != NULL)
    g_object_weak_unref (G_OBJECT (self->endpoint), on_endpoint_gone, self);
  self->endpoint = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_GTK_TYPE_CONFERENCE);
  g_clear_object (&self->signals);
  g_clear_object (&self->device_signals);
  G_OBJECT_CLASS (vav_gtk_conference_parent_class)->dispose (object);
}

static void
vav_gtk_conference_finalize (GObject *object)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (object);

  vav_gtk_conference_forget_end (self);
  g_free (self->announced);
  g_free (self->address);
  g_free (self->identifier);
  G_OBJECT_CLASS (vav_gtk_conference_parent_class)->finalize (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, VavGtkConference, child)

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCES "vav-gtk-conference.ui");
  BIND (stack);
  BIND (result_box);
  BIND (result_portrait);
  BIND (result_label);
  BIND (again_button);
  BIND (dialler_box);
  BIND (address_entry);
  BIND (detection_box);
  BIND (overlay);
  BIND (main_view);
  BIND (own_view);
  BIND (placeholder_box);
  BIND (placeholder_portrait);
  BIND (placeholder_name);
  BIND (spinner);
  BIND (announcer);
  BIND (silence_label);
  BIND (placeholder_label);
  BIND (header_box);
  BIND (name_label);
  BIND (state_label);
  BIND (controls_box);
  BIND (accept_button);
  BIND (microphone_button);
  BIND (camera_button);
  BIND (quality_button);
  BIND (details);
  BIND (screen_button);
  BIND (sharing_box);
  BIND (hold_button);
  BIND (fullscreen_button);
  BIND (more_button);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_place_child);
  gtk_widget_class_bind_template_callback (widget_class, vav_gtk_conference_update_visibility);
  gtk_widget_class_bind_template_callback (widget_class, vav_gtk_conference_update_flows);
}

static void
vav_gtk_conference_class_init (VavGtkConferenceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = vav_gtk_conference_get_property;
  object_class->set_property = vav_gtk_conference_set_property;
  object_class->dispose = vav_gtk_conference_dispose;
  object_class->finalize = vav_gtk_conference_finalize;
  vav_gtk_conference_install_properties (object_class);
  save_picture = g_signal_new ("save-picture", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, GDK_TYPE_TEXTURE);

  gtk_widget_class_install_action (widget_class, "call.start", NULL, action_start);
  gtk_widget_class_install_action (widget_class, "call.again", NULL, action_again);
  gtk_widget_class_install_action (widget_class, "call.accept", NULL, action_accept);
  gtk_widget_class_install_action (widget_class, "call.hang-up", NULL, action_hang_up);
  gtk_widget_class_install_property_action (widget_class, "call.microphone", "microphone");
  gtk_widget_class_install_property_action (widget_class, "call.camera", "camera");
  gtk_widget_class_install_action (widget_class, "call.save-picture", NULL, action_save_picture);
  vav_gtk_conference_install_screen (widget_class);
  gtk_widget_class_install_property_action (widget_class, "call.hold", "held");
  gtk_widget_class_install_property_action (widget_class, "call.fullscreen", "fullscreen");
  gtk_widget_class_install_property_action (widget_class, "call.corner", "own-corner");
  gtk_widget_class_install_property_action (widget_class, "call.swap", "swapped");

  g_type_ensure (VAV_GTK_TYPE_VIDEO_VIEW);
  g_type_ensure (VAV_GTK_TYPE_DETAILS);
  g_type_ensure (VAV_GTK_TYPE_PORTRAIT);
  gtk_widget_class_set_css_name (widget_class, "conference");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->measure = vav_gtk_conference_measure;
  widget_class->size_allocate = vav_gtk_conference_size_allocate;
  widget_class->root = vav_gtk_conference_root;
  widget_class->unroot = vav_gtk_conference_unroot;
  bind_template (widget_class);
}

/* Once a display: above the theme (GTK's own comes with the settings' priority), below what the program and the user say. */
static void
load_css (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) provider = NULL;

  if (display == NULL || g_object_get_data (G_OBJECT (display), "vav-gtk-css") != NULL)
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, RESOURCES "vav-gtk.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1);
  g_object_set_data (G_OBJECT (display), "vav-gtk-css", GINT_TO_POINTER (TRUE));
}

static void
vav_gtk_conference_init (VavGtkConference *self)
{
  self->dialler_visible = TRUE;
  self->detection_visible = TRUE;
  self->controls_visible = TRUE;
  self->name_visible = TRUE;
  self->mirror_own = TRUE;
  self->has_hold = TRUE;
  self->has_screen = TRUE;
  self->has_fullscreen = TRUE;
  self->detection = -1;
  load_css (gtk_widget_get_display (GTK_WIDGET (self)));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = make_signals (self);
  self->device_signals = make_device_signals (self);
  vav_gtk_conference_init_fade (self);
  vav_gtk_conference_init_own (self);
  g_signal_connect (self, "unmap", G_CALLBACK (vav_gtk_conference_stop_talking), NULL);
  vav_gtk_conference_update_call (self);
}

/* --- public --- */

/**
 * vav_gtk_conference_new:
 *
 * Returns: (transfer floating): a new view without stream
 */
GtkWidget *
vav_gtk_conference_new (void)
{
  return g_object_new (VAV_GTK_TYPE_CONFERENCE, NULL);
}

/**
 * vav_gtk_conference_get_stream:
 *
 * Returns: (transfer none) (nullable): what the view shows
 */
VavStream *
vav_gtk_conference_get_stream (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), NULL);
  return self->stream;
}

/* The one road for set, swap, clear and the end of a call. Who is told of it may swap again, or destroy the view. */
void
vav_gtk_conference_bind (VavGtkConference *self, VavStream *stream)
{
  g_autoptr (VavGtkConference) alive = g_object_ref (self);

  if (!g_set_object (&self->stream, stream))
    return;
  self->stream_is_own = FALSE;
  self->talking = FALSE;
  self->active_since = 0;
  self->waiting_since = 0;
  g_clear_pointer (&self->announced, g_free);
  vav_gtk_conference_show_stats (self, NULL);
  vav_gtk_conference_stop_clock (self);
  vav_gtk_conference_update_views (self);
  vav_gtk_conference_update_call (self);
  g_signal_group_set_target (self->signals, stream);
  g_signal_group_set_target (self->device_signals, stream != NULL ? vav_stream_get_endpoint (stream) : NULL);
  if (stream != NULL && self->endpoint == NULL)
    vav_gtk_conference_set_endpoint (self, vav_stream_get_endpoint (stream));
  notify (self, "stream");
  if (stream != NULL && self->stream == stream)
    vav_gtk_conference_hand_over (self);
  notify (self, "address");
  notify (self, "identifier");
  notify (self, "detection");
  notify (self, "microphone");
  notify (self, "camera");
  notify (self, "held");
  notify (self, "screen");
}

/**
 * vav_gtk_conference_set_stream:
 * @stream: (nullable): what the view shows from now on; %NULL: it is idle
 *
 * A running call goes on, whatever view shows it. If the view has no endpoint, the stream's becomes its own.
 */
void
vav_gtk_conference_set_stream (VavGtkConference *self, VavStream *stream)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  g_return_if_fail (stream == NULL || VAV_IS_STREAM (stream));

  if (self->stream == stream)
    return;
  vav_gtk_conference_forget_end (self);
  vav_gtk_conference_bind (self, stream);
}

/**
 * vav_gtk_conference_get_endpoint:
 *
 * Returns: (transfer none) (nullable): who makes it a stream when it has none
 */
VavEndpoint *
vav_gtk_conference_get_endpoint (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), NULL);
  return self->endpoint;
}

/**
 * vav_gtk_conference_set_endpoint:
 * @endpoint: (nullable): where the view gets a fresh stream from when it has none and is asked to call; not held
 */
void
vav_gtk_conference_set_endpoint (VavGtkConference *self, VavEndpoint *endpoint)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  g_return_if_fail (endpoint == NULL || VAV_IS_ENDPOINT (endpoint));

  if (self->endpoint == endpoint)
    return;
  if (self->endpoint != NULL)
    g_object_weak_unref (G_OBJECT (self->endpoint), on_endpoint_gone, self);
  self->endpoint = endpoint;
  if (endpoint != NULL)
    g_object_weak_ref (G_OBJECT (endpoint), on_endpoint_gone, self);
  vav_gtk_conference_update_visibility (self);
  notify (self, "endpoint");
  if (endpoint != NULL)
    vav_gtk_conference_take_endpoint (self);
}

/**
 * vav_gtk_conference_dup_picture:
 *
 * Returns: (transfer full) (nullable): the other side's picture of this moment, as large as it came; gdk_texture_save_to_png() writes it. %NULL while
 *   there is none
 */
GdkTexture *
vav_gtk_conference_dup_picture (VavGtkConference *self)
{
  g_autoptr (GstSample) sample = NULL;

  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), NULL);
  if (self->stream != NULL)
    sample = vav_gtk_display_dup_sample (vav_gtk_display_get (self->stream, VAV_GTK_DISPLAY_REMOTE));
  return sample != NULL ? vav_gtk_picture_new (sample) : NULL;
}

/**
 * vav_gtk_conference_get_view:
 *
 * Returns: what it shows
 */
VavGtkView
vav_gtk_conference_get_view (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), VAV_GTK_VIEW_BOTH);
  return self->view;
}

/**
 * vav_gtk_conference_set_view:
 * @view: what it shows
 */
void
vav_gtk_conference_set_view (VavGtkConference *self, VavGtkView view)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (self->view == view)
    return;
  self->view = view;
  vav_gtk_conference_update_views (self);
  notify (self, "view");
}
