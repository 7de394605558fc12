/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-file-row-private.h"

#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-chat.h"

struct _VavGtkFileRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  GtkWidget *bubble;
  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *size_label;
  GtkProgressBar *progress_bar;
  GtkLabel *state_label;
  GtkWidget *accept_button;
  GtkWidget *refuse_button;
  GtkWidget *cancel_button;
  GtkWidget *open_button;
  GtkWidget *folder_button;

  /* owned */
  VavFile *file;
  char *name; /* of the other side */
};

enum
{
  ACCEPT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavGtkFileRow, vav_gtk_file_row, GTK_TYPE_LIST_BOX_ROW)

static char *
with_name (VavGtkFileRow *self, const char *format)
{
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  return g_strjoin (self->name, parts[0], parts[1], NULL); /* no printf of what is translated */
}

static char *
describe_progress (VavGtkFileRow *self)
{
  g_autofree char *done = g_format_size (vav_file_get_transferred (self->file));
  g_autofree char *all = g_format_size (vav_file_get_size (self->file));

  /* Translators: bytes of a file, as in "3.2 MB of 10 MB" */
  return g_strdup_printf (_ ("%s of %s"), done, all);
}

static char *
describe_state (VavGtkFileRow *self)
{
  gboolean incoming = vav_file_is_incoming (self->file);
  const GError *error = vav_file_get_error (self->file);

  switch (vav_file_get_state (self->file))
    {
    case VAV_FILE_STATE_OFFERED:
      return with_name (self, incoming ? _ ("%s offers you this file.") : _ ("Waiting for %s to accept…"));
    case VAV_FILE_STATE_ACCEPTED:
      return g_strdup (_ ("Waiting for its turn…"));
    case VAV_FILE_STATE_RUNNING:
      return describe_progress (self);
    case VAV_FILE_STATE_DONE:
      return g_strdup (incoming ? _ ("Received.") : _ ("Sent."));
    case VAV_FILE_STATE_REFUSED:
      return incoming ? g_strdup (_ ("You refused it.")) : with_name (self, _ ("%s refused it."));
    case VAV_FILE_STATE_CANCELLED:
      return g_strdup (_ ("Cancelled."));
    case VAV_FILE_STATE_INTERRUPTED:
      return g_strdup (_ ("The call ended before it was whole. Offered again, it goes on where it stopped."));
    case VAV_FILE_STATE_FAILED:
    default:
      return g_strdup (error != NULL ? error->message : _ ("It could not be sent."));
    }
}

static void
update_progress (VavGtkFileRow *self)
{
  guint64 size = vav_file_get_size (self->file);
  double part = size > 0 ? (double)vav_file_get_transferred (self->file) / (double)size : 1;

  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (part, 0, 1));
  if (vav_file_get_state (self->file) == VAV_FILE_STATE_RUNNING)
    {
      g_autofree char *words = describe_progress (self);

      gtk_label_set_text (self->state_label, words);
    }
}

static void
update_state (VavGtkFileRow *self)
{
  VavFileState state = vav_file_get_state (self->file);
  gboolean incoming = vav_file_is_incoming (self->file);
  gboolean asked = incoming && state == VAV_FILE_STATE_OFFERED;
  gboolean here = incoming && state == VAV_FILE_STATE_DONE && vav_file_get_path (self->file) != NULL;
  g_autofree char *words = describe_state (self);

  gtk_label_set_text (self->state_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar),
                          state == VAV_FILE_STATE_ACCEPTED || state == VAV_FILE_STATE_RUNNING);
  gtk_widget_set_visible (self->accept_button, asked);
  gtk_widget_set_visible (self->refuse_button, asked);
  gtk_widget_set_visible (self->cancel_button, !asked && !vav_file_is_over (self->file));
  gtk_widget_set_visible (self->open_button, here);
  gtk_widget_set_visible (self->folder_button, here);
  update_progress (self);
}

/* --- what is done with it --- */

/* The button goes: the keys go to what is written, not to nowhere. */
static void
pass_focus (VavGtkFileRow *self)
{
  GtkWidget *chat = gtk_widget_get_ancestor (GTK_WIDGET (self), VAV_GTK_TYPE_CHAT);

  if (chat != NULL)
    gtk_widget_grab_focus (chat);
}

static void
on_accept (VavGtkFileRow *self)
{
  pass_focus (self);
  g_signal_emit (self, signals[ACCEPT], 0);
}

static void
on_refuse (VavGtkFileRow *self)
{
  pass_focus (self);
  vav_file_refuse (self->file, NULL);
}

static void
on_cancel (VavGtkFileRow *self)
{
  pass_focus (self);
  vav_file_cancel (self->file);
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkFileRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    vav_gtk_file_row_set_trouble (self, error->message);
}

static void
launch (VavGtkFileRow *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (self)));

  g_app_info_launch_default_for_uri_async (uri, G_APP_LAUNCH_CONTEXT (context), NULL, on_launched, g_object_ref (self));
}

static void
on_open (VavGtkFileRow *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (vav_file_get_path (self->file));

  launch (self, file);
}

/* Where no file manager shows single files, its folder is opened. */
static void
on_shown (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkFileRow) self = user_data;
  g_autoptr (GVariant) reply
      = bus != NULL ? g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL) : NULL;
  g_autoptr (GFile) file = g_file_new_for_path (vav_file_get_path (self->file));
  g_autoptr (GFile) folder = g_file_get_parent (file);

  if (reply == NULL && folder != NULL)
    launch (self, folder);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VavGtkFileRow *self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autofree char *uri = g_filename_to_uri (vav_file_get_path (self->file), NULL, NULL);
  const char *const uris[] = { uri, NULL };

  if (bus == NULL)
    on_shown (NULL, NULL, self);
  else
    g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                            "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_shown, self);
}

static void
on_open_folder (VavGtkFileRow *self)
{
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, g_object_ref (self));
}

/* --- GObject --- */

static void
vav_gtk_file_row_finalize (GObject *object)
{
  VavGtkFileRow *self = VAV_GTK_FILE_ROW (object);

  g_clear_object (&self->file);
  g_free (self->name);
  G_OBJECT_CLASS (vav_gtk_file_row_parent_class)->finalize (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, VavGtkFileRow, child)

static void
vav_gtk_file_row_class_init (VavGtkFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vav_gtk_file_row_finalize;
  signals[ACCEPT]
      = g_signal_new ("accept", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/gtk/vav-gtk-file-row.ui");
  BIND (bubble);
  BIND (icon);
  BIND (name_label);
  BIND (size_label);
  BIND (progress_bar);
  BIND (state_label);
  BIND (accept_button);
  BIND (refuse_button);
  BIND (cancel_button);
  BIND (open_button);
  BIND (folder_button);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_refuse);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_open_folder);
}

static void
vav_gtk_file_row_init (VavGtkFileRow *self)
{
  GtkWidget *button = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* in a language of long words the row still fits into a small window */
  for (button = gtk_widget_get_first_child (gtk_widget_get_parent (self->accept_button)); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), PANGO_ELLIPSIZE_END);
}

static void
show_file (VavGtkFileRow *self)
{
  const char *file_name = vav_file_get_name (self->file);
  g_autofree char *size = g_format_size (vav_file_get_size (self->file));
  g_autofree char *type = g_content_type_guess (file_name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (type);
  g_autofree char *label = NULL;

  gtk_image_set_from_gicon (self->icon, icon);
  gtk_label_set_text (self->name_label, file_name);
  gtk_label_set_text (self->size_label, size);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), file_name);
  /* Translators: a file's name and size, for screen readers */
  label = g_strdup_printf (_ ("File %s, %s"), file_name, size);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

GtkWidget *
vav_gtk_file_row_new (VavGtkMessage *message, const char *name)
{
  VavGtkFileRow *self = g_object_new (VAV_GTK_TYPE_FILE_ROW, NULL);
  gboolean incoming = vav_gtk_message_is_incoming (message);

  self->file = g_object_ref (vav_gtk_message_get_file (message));
  self->name = g_strdup (name);
  gtk_widget_add_css_class (self->bubble, incoming ? "theirs" : "own");
  gtk_widget_set_halign (self->bubble, incoming ? GTK_ALIGN_START : GTK_ALIGN_END);
  show_file (self);
  update_state (self);
  g_signal_connect_object (self->file, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->file, "notify::path", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->file, "notify::transferred", G_CALLBACK (update_progress), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

VavFile *
vav_gtk_file_row_get_file (VavGtkFileRow *self)
{
  return self->file;
}

void
vav_gtk_file_row_set_trouble (VavGtkFileRow *self, const char *sentence)
{
  gtk_label_set_text (self->state_label, sentence);
}
