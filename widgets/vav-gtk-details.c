/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-details.h"

#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-details-rows.h"

struct _VavGtkDetails
{
  GtkWidget parent_instance;

  GtkWidget *list;                     /* the one child */
  GtkLabel *values[VAV_GTK_N_DETAILS]; /* borrowed from the list */
  GtkWidget *rows[VAV_GTK_N_DETAILS];  /* the same */

  /* owned */
  VavStream *stream; /* nullable */
  GSignalGroup *signals;
};

enum
{
  PROP_STREAM = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkDetails, vav_gtk_details, GTK_TYPE_WIDGET)

/* --- the path: it is told once, and views come and go --- */

static const char path_key[] = "vav-gtk-path";

static void
path_free (gpointer data)
{
  VavGtkPath *path = data;

  g_free (path->local);
  g_free (path->remote);
  g_free (path);
}

static const VavGtkPath *
get_path (VavStream *stream)
{
  const VavGtkPath *path = stream != NULL ? g_object_get_data (G_OBJECT (stream), path_key) : NULL;

  return path != NULL && path->value == vav_stream_get_value (stream) ? path : NULL;
}

static void
update (VavGtkDetails *self)
{
  const VavStats *stats = self->stream != NULL ? vav_stream_get_stats (self->stream) : NULL;
  const VavGtkPath *path = get_path (self->stream);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (guint i = 0; i < VAV_GTK_N_DETAILS; i++)
    {
      g_autofree char *value = vav_gtk_details_value (i, self->stream, stats, path);
      const char *words = value != NULL ? value : _ ("not known yet");
      g_autofree char *sentence = g_strdup_printf ("%s: %s", vav_gtk_details_title (i), words);

      gtk_label_set_label (self->values[i], words);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
    }
}

static void
on_path (VavGtkDetails *self, const char *local, const char *remote, gboolean relayed)
{
  VavGtkPath *path = g_new0 (VavGtkPath, 1);

  path->value = vav_stream_get_value (self->stream);
  path->local = g_strdup (local);
  path->remote = g_strdup (remote);
  path->relayed = relayed;
  g_object_set_data_full (G_OBJECT (self->stream), path_key, path, path_free);
  update (self);
}

/* --- the list --- */

static void
add_row (VavGtkDetails *self, guint i)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *title = gtk_label_new (vav_gtk_details_title (i));
  GtkWidget *value = gtk_label_new (NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* a key that is broken in two has no hyphen in it */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (value), attributes);

  gtk_widget_add_css_class (title, "title");
  gtk_widget_add_css_class (value, "value");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_set_valign (title, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (value), 36);
  gtk_label_set_width_chars (GTK_LABEL (value), 16);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), value);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  self->rows[i] = row;
  self->values[i] = GTK_LABEL (value);
}

static void
vav_gtk_details_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_details_parent_class)->map (widget);
  update (VAV_GTK_DETAILS (widget));
}

static void
vav_gtk_details_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STREAM)
    g_value_set_object (value, VAV_GTK_DETAILS (object)->stream);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_details_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STREAM)
    vav_gtk_details_set_stream (VAV_GTK_DETAILS (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_details_dispose (GObject *object)
{
  VavGtkDetails *self = VAV_GTK_DETAILS (object);

  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  g_clear_object (&self->signals);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->list, gtk_widget_unparent);
  G_OBJECT_CLASS (vav_gtk_details_parent_class)->dispose (object);
}

static void
vav_gtk_details_class_init (VavGtkDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = vav_gtk_details_get_property;
  object_class->set_property = vav_gtk_details_set_property;
  object_class->dispose = vav_gtk_details_dispose;
  widget_class->map = vav_gtk_details_map;
  properties[PROP_STREAM] = g_param_spec_object ("stream", "Stream", "The call that it tells of", VAV_TYPE_STREAM,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "details");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
vav_gtk_details_init (VavGtkDetails *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Details of the call"),
                                  -1);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  for (guint i = 0; i < VAV_GTK_N_DETAILS; i++)
    add_row (self, i);
  self->signals = g_signal_group_new (VAV_TYPE_STREAM);
  g_signal_group_connect_swapped (self->signals, "path", G_CALLBACK (on_path), self);
  g_signal_group_connect_swapped (self->signals, "stats", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "notify::peer", G_CALLBACK (update), self);
}

/* --- public --- */

/**
 * vav_gtk_details_new:
 *
 * Returns: (transfer floating): a list without stream
 */
GtkWidget *
vav_gtk_details_new (void)
{
  return g_object_new (VAV_GTK_TYPE_DETAILS, NULL);
}

/**
 * vav_gtk_details_get_stream:
 *
 * Returns: (transfer none) (nullable): whose call is told of
 */
VavStream *
vav_gtk_details_get_stream (VavGtkDetails *self)
{
  g_return_val_if_fail (VAV_GTK_IS_DETAILS (self), NULL);
  return self->stream;
}

/**
 * vav_gtk_details_set_stream:
 * @stream: (nullable): whose call is told of from now on
 */
void
vav_gtk_details_set_stream (VavGtkDetails *self, VavStream *stream)
{
  g_return_if_fail (VAV_GTK_IS_DETAILS (self));
  g_return_if_fail (stream == NULL || VAV_IS_STREAM (stream));

  if (!g_set_object (&self->stream, stream))
    return;
  update (self);
  g_signal_group_set_target (self->signals, stream);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STREAM]);
}
