/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-devices-private.h"

#include <math.h>

#define RESOURCES "/org/visavis/gtk/"

/* The meter begins here: what is softer is the room. */
#define FLOOR_DB (-60.0)
/* Who speaks is louder than this; the bar falls by this much each time it is told of less, so that the eye can follow. */
#define SPEECH_DB (-42.0)
#define FALL 0.08

enum
{
  PROP_ENDPOINT = 1,
  PROP_PREVIEW,
  PROP_METERING,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkDevices, vav_gtk_devices, GTK_TYPE_WIDGET)

/* --- what is open --- */

/* The one place that opens and closes: nothing is open that cannot be seen. */
static void
update_open (VavGtkDevices *self)
{
  gboolean seen = gtk_widget_get_mapped (GTK_WIDGET (self));

  if (self->tryout == NULL)
    return;
  vav_preview_set_microphone (self->tryout, seen && self->metering);
  vav_preview_set_camera (self->tryout, seen && self->preview);
}

static void
on_level (VavGtkDevices *self)
{
  double level = vav_preview_get_level (self->tryout);
  double fraction = CLAMP ((level - FLOOR_DB) / -FLOOR_DB, 0, 1);

  gtk_level_bar_set_value (self->meter, MAX (fraction, gtk_level_bar_get_value (self->meter) - FALL));
  if (level > SPEECH_DB)
    self->heard = g_get_monotonic_time ();
  vav_gtk_devices_update_words (self);
}

static void
on_sound_ended (VavGtkDevices *self, gboolean played)
{
  self->sound = played ? VAV_GTK_SOUND_PLAYED : VAV_GTK_SOUND_FAILED;
  vav_gtk_devices_update_words (self);
}

/* --- what the endpoint and the devices tell --- */

static void
on_devices (VavGtkDevices *self)
{
  vav_gtk_devices_update_lists (self);
  vav_gtk_devices_update_words (self);
}

/* What was heard on another one says nothing of this one. */
static void
on_speaker (VavGtkDevices *self)
{
  self->sound = VAV_GTK_SOUND_UNTRIED;
  on_devices (self);
}

static void
on_microphone (VavGtkDevices *self)
{
  self->heard = 0;
  on_devices (self);
}

/* --- what the person does --- */

static void
on_show (VavGtkDevices *self)
{
  vav_gtk_devices_set_preview (self, TRUE);
}

static void
on_hide (VavGtkDevices *self)
{
  vav_gtk_devices_set_preview (self, FALSE);
  gtk_widget_grab_focus (self->preview_button);
}

static void
on_test_picture (VavGtkDevices *self)
{
  if (self->endpoint == NULL)
    return;
  vav_endpoint_set_test_picture (self->endpoint, TRUE);
  vav_gtk_devices_set_preview (self, TRUE);
}

static void
on_play (VavGtkDevices *self)
{
  if (self->tryout != NULL)
    vav_preview_play_sound (self->tryout);
}

static char *
format_volume (GtkScale *scale, double value, gpointer user_data)
{
  return g_strdup_printf ("%.0f %%", value * 100);
}

/* --- GtkWidget, GObject --- */

static void
vav_gtk_devices_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_devices_parent_class)->map (widget);
  update_open (VAV_GTK_DEVICES (widget));
}

static void
vav_gtk_devices_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_devices_parent_class)->unmap (widget);
  update_open (VAV_GTK_DEVICES (widget));
}

static void
vav_gtk_devices_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavGtkDevices *self = VAV_GTK_DEVICES (object);

  switch (id)
    {
    case PROP_ENDPOINT:
      g_value_set_object (value, self->endpoint);
      break;
    case PROP_PREVIEW:
      g_value_set_boolean (value, self->preview);
      break;
    case PROP_METERING:
      g_value_set_boolean (value, self->metering);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_gtk_devices_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavGtkDevices *self = VAV_GTK_DEVICES (object);

  switch (id)
    {
    case PROP_ENDPOINT:
      vav_gtk_devices_set_endpoint (self, g_value_get_object (value));
      break;
    case PROP_PREVIEW:
      vav_gtk_devices_set_preview (self, g_value_get_boolean (value));
      break;
    case PROP_METERING:
      vav_gtk_devices_set_metering (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_gtk_devices_dispose (GObject *object)
{
  VavGtkDevices *self = VAV_GTK_DEVICES (object);
  GtkWidget *child;

  g_clear_handle_id (&self->refill, g_source_remove);
  vav_gtk_devices_set_endpoint (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->endpoint_signals);
  g_clear_object (&self->list_signals);
  g_clear_object (&self->tryout_signals);
  g_clear_object (&self->bindings);
  G_OBJECT_CLASS (vav_gtk_devices_parent_class)->dispose (object);
}

static void
vav_gtk_devices_finalize (GObject *object)
{
  VavGtkDevices *self = VAV_GTK_DEVICES (object);

  for (guint i = 0; i < VAV_N_DEVICE_KINDS; i++)
    g_ptr_array_unref (self->names[i]);
  G_OBJECT_CLASS (vav_gtk_devices_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  static const char *const drop_downs[] = { "camera_list", "microphone_list", "speaker_list" };

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCES "vav-gtk-devices.ui");
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, view);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, placeholder);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, camera_hint);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, preview_button);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, test_picture_button);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, hide_button);
  for (gsize i = 0; i < G_N_ELEMENTS (drop_downs); i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, drop_downs[i], FALSE,
        (gssize)(G_STRUCT_OFFSET (VavGtkDevices, drop_downs) + i * sizeof (GtkDropDown *)));
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, meter);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, microphone_hint);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, processing_switch);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, processing_row);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, sound_button);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, speaker_hint);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, volume);
  gtk_widget_class_bind_template_child (widget_class, VavGtkDevices, volume_scale);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_hide);
  gtk_widget_class_bind_template_callback (widget_class, on_test_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_play);
  gtk_widget_class_bind_template_callback (widget_class, vav_gtk_devices_update_words);
}

static void
vav_gtk_devices_class_init (VavGtkDevicesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = vav_gtk_devices_dispose;
  object_class->finalize = vav_gtk_devices_finalize;
  object_class->get_property = vav_gtk_devices_get_property;
  object_class->set_property = vav_gtk_devices_set_property;
  widget_class->map = vav_gtk_devices_map;
  widget_class->unmap = vav_gtk_devices_unmap;

  properties[PROP_ENDPOINT]
      = g_param_spec_object ("endpoint", "Endpoint", "Whose devices it chooses", VAV_TYPE_ENDPOINT, flags);
  properties[PROP_PREVIEW]
      = g_param_spec_boolean ("preview", "Preview", "Whether the camera's picture is shown", FALSE, flags);
  properties[PROP_METERING]
      = g_param_spec_boolean ("metering", "Metering", "Whether the microphone is listened to", TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (VAV_GTK_TYPE_VIDEO_VIEW);
  bind_template (widget_class);
  gtk_widget_class_set_css_name (widget_class, "devices");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
load_css (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) provider = NULL;

  if (display == NULL || g_object_get_data (G_OBJECT (display), "vav-gtk-devices-css") != NULL)
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, RESOURCES "vav-gtk-devices.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1);
  g_object_set_data (G_OBJECT (display), "vav-gtk-devices-css", GINT_TO_POINTER (TRUE));
}

static void
set_up_groups (VavGtkDevices *self)
{
  self->endpoint_signals = g_signal_group_new (VAV_TYPE_ENDPOINT);
  g_signal_group_connect_swapped (self->endpoint_signals, "notify::camera", G_CALLBACK (on_devices), self);
  g_signal_group_connect_swapped (self->endpoint_signals, "notify::test-picture", G_CALLBACK (on_devices), self);
  g_signal_group_connect_swapped (self->endpoint_signals, "notify::microphone", G_CALLBACK (on_microphone), self);
  g_signal_group_connect_swapped (self->endpoint_signals, "notify::speaker", G_CALLBACK (on_speaker), self);
  g_signal_group_connect_swapped (self->endpoint_signals, "notify::has-camera",
                                  G_CALLBACK (vav_gtk_devices_update_words), self);
  self->list_signals = g_signal_group_new (VAV_TYPE_DEVICE_LIST);
  g_signal_group_connect_swapped (self->list_signals, "items-changed", G_CALLBACK (on_devices), self);
  g_signal_group_connect_swapped (self->list_signals, "notify::known", G_CALLBACK (on_devices), self);
  self->tryout_signals = g_signal_group_new (VAV_TYPE_PREVIEW);
  g_signal_group_connect_swapped (self->tryout_signals, "notify::level", G_CALLBACK (on_level), self);
  g_signal_group_connect_swapped (self->tryout_signals, "notify::sounding", G_CALLBACK (vav_gtk_devices_update_words),
                                  self);
  g_signal_group_connect_swapped (self->tryout_signals, "sound-ended", G_CALLBACK (on_sound_ended), self);
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "voice-processing", self->processing_switch, "active",
                        G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_binding_group_bind (self->bindings, "volume", self->volume, "value",
                        G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
vav_gtk_devices_init (VavGtkDevices *self)
{
  static const char *const offsets[]
      = { GTK_LEVEL_BAR_OFFSET_LOW, GTK_LEVEL_BAR_OFFSET_HIGH, GTK_LEVEL_BAR_OFFSET_FULL };

  self->metering = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  load_css (gtk_widget_get_display (GTK_WIDGET (self)));
  /* loud is not bad, and soft is no alarm */
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    gtk_level_bar_remove_offset_value (self->meter, offsets[i]);
  gtk_scale_set_format_value_func (self->volume_scale, format_volume, NULL, NULL);
  gtk_scale_add_mark (self->volume_scale, 1, GTK_POS_BOTTOM, NULL);
  vav_gtk_video_view_set_mirror (self->view, TRUE);
  vav_gtk_devices_set_up_lists (self);
  set_up_groups (self);
  vav_gtk_devices_update_lists (self);
  vav_gtk_devices_update_words (self);
}

/**
 * vav_gtk_devices_new:
 *
 * Returns: (transfer floating): the widget, without an endpoint
 */
GtkWidget *
vav_gtk_devices_new (void)
{
  return g_object_new (VAV_GTK_TYPE_DEVICES, NULL);
}

/**
 * vav_gtk_devices_get_endpoint:
 *
 * Returns: (transfer none) (nullable): whose devices it chooses
 */
VavEndpoint *
vav_gtk_devices_get_endpoint (VavGtkDevices *self)
{
  g_return_val_if_fail (VAV_GTK_IS_DEVICES (self), NULL);
  return self->endpoint;
}

/**
 * vav_gtk_devices_set_endpoint:
 * @endpoint: (nullable): whose devices are chosen; %NULL lets go of them
 */
void
vav_gtk_devices_set_endpoint (VavGtkDevices *self, VavEndpoint *endpoint)
{
  g_return_if_fail (VAV_GTK_IS_DEVICES (self));
  g_return_if_fail (endpoint == NULL || VAV_IS_ENDPOINT (endpoint));

  if (!g_set_object (&self->endpoint, endpoint))
    return;
  vav_gtk_video_view_set_preview (self->view, NULL);
  g_signal_group_set_target (self->tryout_signals, NULL);
  g_signal_group_set_target (self->list_signals, NULL);
  g_clear_object (&self->tryout);
  g_clear_object (&self->list);
  if (endpoint != NULL)
    {
      self->tryout = vav_endpoint_make_preview (endpoint);
      self->list = vav_device_list_new ();
    }
  self->sound = VAV_GTK_SOUND_UNTRIED;
  self->heard = 0;
  gtk_level_bar_set_value (self->meter, 0);
  vav_gtk_devices_update_lists (self);
  vav_gtk_video_view_set_preview (self->view, self->tryout);
  g_signal_group_set_target (self->endpoint_signals, endpoint);
  g_signal_group_set_target (self->list_signals, self->list);
  g_signal_group_set_target (self->tryout_signals, self->tryout);
  g_binding_group_set_source (self->bindings, endpoint);
  update_open (self);
  vav_gtk_devices_update_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENDPOINT]);
}

/**
 * vav_gtk_devices_get_preview:
 *
 * Returns: whether the camera's picture is shown
 */
gboolean
vav_gtk_devices_get_preview (VavGtkDevices *self)
{
  g_return_val_if_fail (VAV_GTK_IS_DEVICES (self), FALSE);
  return self->preview;
}

/**
 * vav_gtk_devices_set_preview:
 * @preview: whether the camera's picture is shown; that opens the camera while the widget is to be seen
 */
void
vav_gtk_devices_set_preview (VavGtkDevices *self, gboolean preview)
{
  g_return_if_fail (VAV_GTK_IS_DEVICES (self));

  if (self->preview == !!preview)
    return;
  self->preview = !!preview;
  update_open (self);
  vav_gtk_devices_update_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREVIEW]);
}

/**
 * vav_gtk_devices_get_metering:
 *
 * Returns: whether the microphone is listened to
 */
gboolean
vav_gtk_devices_get_metering (VavGtkDevices *self)
{
  g_return_val_if_fail (VAV_GTK_IS_DEVICES (self), FALSE);
  return self->metering;
}

/**
 * vav_gtk_devices_set_metering:
 * @metering: whether the microphone is listened to while the widget is to be seen
 */
void
vav_gtk_devices_set_metering (VavGtkDevices *self, gboolean metering)
{
  g_return_if_fail (VAV_GTK_IS_DEVICES (self));

  if (self->metering == !!metering)
    return;
  self->metering = !!metering;
  update_open (self);
  vav_gtk_devices_update_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METERING]);
}
