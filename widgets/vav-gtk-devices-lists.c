/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-devices-private.h"

#include <glib/gi18n-lib.h>

/* What the last entry of the cameras stands for; no device is called that. */
#define TEST_PICTURE "\001test"

gboolean
vav_gtk_devices_uses_devices (VavGtkDevices *self)
{
  return self->endpoint != NULL && g_str_equal (vav_endpoint_get_source (self->endpoint), "auto");
}

static void
add (VavGtkDevices *self, GtkStringList *words, VavDeviceKind kind, const char *name, const char *word)
{
  gtk_string_list_append (words, word);
  g_ptr_array_add (self->names[kind], g_strdup (name));
}

static gboolean
is_listed (VavGtkDevices *self, VavDeviceKind kind, const char *name)
{
  for (guint i = 0; i < self->names[kind]->len; i++)
    if (g_strcmp0 (self->names[kind]->pdata[i], name) == 0)
      return TRUE;

  return FALSE;
}

/* The default one first; the chosen one stands there also while it is not plugged in. */
static void
add_devices (VavGtkDevices *self, GtkStringList *words, VavDeviceKind kind)
{
  const char *chosen = vav_endpoint_get_device (self->endpoint, kind);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  add (self, words, kind, NULL, _ ("System default"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavDevice) device = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (vav_device_get_kind (device) == kind && !is_listed (self, kind, vav_device_get_name (device)))
        add (self, words, kind, vav_device_get_name (device), vav_device_get_name (device));
    }
  if (!is_listed (self, kind, chosen))
    {
      /* Translators: the name of a camera, microphone or speaker that was chosen and is not plugged in */
      g_autofree char *word = g_strdup_printf (_ ("%s (not connected)"), chosen);

      add (self, words, kind, chosen, word);
    }
  if (kind == VAV_DEVICE_CAMERA)
    add (self, words, kind, TEST_PICTURE, _ ("Test picture"));
}

/* What is used in place of devices. */
static void
add_source (VavGtkDevices *self, GtkStringList *words, VavDeviceKind kind)
{
  const char *source = self->endpoint != NULL ? vav_endpoint_get_source (self->endpoint) : "none";
  g_autofree char *file = NULL;

  if (g_str_equal (source, "none") || (g_str_equal (source, "test") && kind == VAV_DEVICE_SPEAKER))
    add (self, words, kind, NULL, _ ("None"));
  else if (g_str_equal (source, "test"))
    add (self, words, kind, NULL, kind == VAV_DEVICE_CAMERA ? _ ("Test picture") : _ ("Test tone"));
  else if (kind == VAV_DEVICE_SPEAKER)
    add (self, words, kind, NULL, _ ("System default"));
  else
    {
      file = g_filename_display_basename (source);
      add (self, words, kind, NULL, file);
    }
}

static guint
find_selected (VavGtkDevices *self, VavDeviceKind kind)
{
  gboolean test = kind == VAV_DEVICE_CAMERA && self->endpoint != NULL && vav_endpoint_get_test_picture (self->endpoint);
  const char *chosen = self->endpoint != NULL ? vav_endpoint_get_device (self->endpoint, kind) : NULL;

  for (guint i = 0; i < self->names[kind]->len; i++)
    if (g_strcmp0 (self->names[kind]->pdata[i], test ? TEST_PICTURE : chosen) == 0)
      return i;

  return 0;
}

static gboolean
is_same (GListModel *old, GtkStringList *words)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (words));

  if (old == NULL || g_list_model_get_n_items (old) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (old), i), gtk_string_list_get_string (words, i)))
      return FALSE;

  return TRUE;
}

static void
update_list (VavGtkDevices *self, VavDeviceKind kind)
{
  GtkDropDown *drop_down = self->drop_downs[kind];
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->names[kind], 0);
  if (vav_gtk_devices_uses_devices (self))
    add_devices (self, words, kind);
  else
    add_source (self, words, kind);
  /* an open list must not be torn away because something else was plugged in */
  if (!is_same (gtk_drop_down_get_model (drop_down), words))
    gtk_drop_down_set_model (drop_down, G_LIST_MODEL (words));
  gtk_drop_down_set_selected (drop_down, find_selected (self, kind));
  gtk_widget_set_sensitive (GTK_WIDGET (drop_down), self->names[kind]->len > 1);
}

/* Fills the drop-downs with what can be chosen, and selects what is. */
void
vav_gtk_devices_update_lists (VavGtkDevices *self)
{
  if (self->choosing)
    return;
  self->updating = TRUE;
  for (guint i = 0; i < VAV_N_DEVICE_KINDS; i++)
    update_list (self, (VavDeviceKind)i);
  self->updating = FALSE;
}

static gboolean
on_refill (gpointer user_data)
{
  VavGtkDevices *self = user_data;

  self->refill = 0;
  vav_gtk_devices_update_lists (self);
  return G_SOURCE_REMOVE;
}

static void
choose (VavGtkDevices *self, VavDeviceKind kind, const char *name)
{
  gboolean test = g_strcmp0 (name, TEST_PICTURE) == 0;

  self->choosing = TRUE;
  if (kind == VAV_DEVICE_CAMERA)
    vav_endpoint_set_test_picture (self->endpoint, test);
  if (!test)
    vav_endpoint_set_device (self->endpoint, kind, name);
  self->choosing = FALSE;
  if (self->refill == 0)
    self->refill = g_idle_add (on_refill, self);
}

static void
on_selected (GtkDropDown *drop_down, GParamSpec *pspec, VavGtkDevices *self)
{
  VavDeviceKind kind = VAV_DEVICE_CAMERA;
  guint selected = gtk_drop_down_get_selected (drop_down);

  while (self->drop_downs[kind] != drop_down)
    kind++;
  if (self->updating || self->endpoint == NULL || selected >= self->names[kind]->len)
    return;
  choose (self, kind, self->names[kind]->pdata[selected]);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer width)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *word = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (label), word);
  /* in the list a name has room: as much as it needs, within a phone's width */
  if (width != NULL)
    gtk_label_set_width_chars (GTK_LABEL (label), MIN ((int)g_utf8_strlen (word, -1), GPOINTER_TO_INT (width)));
}

static GtkListItemFactory *
make_factory (int width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GINT_TO_POINTER (width));
  return factory;
}

/* A screen reader meets the button inside, which GTK gives no name. */
static void
name_button (GtkDropDown *drop_down, const char *name)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));

  if (button != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
vav_gtk_devices_set_up_lists (VavGtkDevices *self)
{
  const char *const names[] = { _ ("Camera"), _ ("Microphone"), _ ("Speaker") };
  g_autoptr (GtkListItemFactory) narrow = make_factory (0);
  g_autoptr (GtkListItemFactory) wide = make_factory (32);

  for (guint i = 0; i < VAV_N_DEVICE_KINDS; i++)
    {
      self->names[i] = g_ptr_array_new_with_free_func (g_free);
      name_button (self->drop_downs[i], names[i]);
      gtk_drop_down_set_factory (self->drop_downs[i], narrow);
      gtk_drop_down_set_list_factory (self->drop_downs[i], wide);
      g_signal_connect (self->drop_downs[i], "notify::selected", G_CALLBACK (on_selected), self);
    }
}
