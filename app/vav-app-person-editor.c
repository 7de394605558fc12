/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-person-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-code.h"
#include "app/vav-app-picture.h"
#include "app/vav-app-portrait.h"

struct _VavAppPersonEditor
{
  AdwWindow parent_instance;

  /* template children */
  GtkLabel *trouble_label;
  GtkButton *save_button;
  AdwAvatar *avatar;
  GtkWidget *no_picture_button;
  GtkEditable *name_row;
  AdwPreferencesGroup *address_group;
  GtkWidget *scan_button;

  /* owned */
  VavPeople *people;
  VavPerson *person;    /* nullable: somebody new */
  GBytes *picture;      /* nullable */
  GPtrArray *addresses; /* of AdwEntryRow, borrowed from the group; the last one is empty, for one more */
  GCancellable *cancellable;
  char *proposed_name; /* nullable: that a link filled in */

  gboolean picture_changed;
};

G_DEFINE_FINAL_TYPE (VavAppPersonEditor, vav_app_person_editor, ADW_TYPE_WINDOW)

/* sentence: (nullable): nothing is wrong any more */
static void
tell (VavAppPersonEditor *self, const char *sentence)
{
  gtk_label_set_label (self->trouble_label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_label), sentence != NULL);
}

static char *
dup_text (gpointer row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

/* --- what is seen --- */

static void
update_picture (VavAppPersonEditor *self)
{
  g_autoptr (GdkPaintable) paintable = vav_app_picture_get_paintable (self->picture);

  adw_avatar_set_custom_image (self->avatar, paintable);
  gtk_widget_set_visible (self->no_picture_button, self->picture != NULL);
}

static void
on_changed (VavAppPersonEditor *self)
{
  g_autofree char *name = dup_text (self->name_row);

  vav_app_portrait_set_name (self->avatar, name);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), *name != '\0');
}

static void on_save (VavAppPersonEditor *self);
static void on_address_changed (VavAppPersonEditor *self, GtkEditable *row);

static void
add_address_row (VavAppPersonEditor *self, const char *address)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 self->addresses->len == 0 ? _ ("Address or link") : _ ("Another address"));
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), GTK_INPUT_PURPOSE_URL);
  gtk_editable_set_text (GTK_EDITABLE (row), address);
  g_ptr_array_add (self->addresses, row);
  adw_preferences_group_add (self->address_group, row);
  g_signal_connect_object (row, "changed", G_CALLBACK (on_address_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (on_save), self, G_CONNECT_SWAPPED);
}

/* Who gives a link says their name with it. What the person typed themselves stays. */
static void
take_name_from (VavAppPersonEditor *self, const char *link)
{
  g_autoptr (VavCard) card = vav_card_parse (link, NULL);
  g_autofree char *name = dup_text (self->name_row);

  if (card == NULL || card->name == NULL || (*name != '\0' && g_strcmp0 (name, self->proposed_name) != 0))
    return;
  g_free (self->proposed_name);
  self->proposed_name = g_strdup (card->name);
  gtk_editable_set_text (self->name_row, card->name);
}

static void
on_address_changed (VavAppPersonEditor *self, GtkEditable *row)
{
  g_autofree char *text = dup_text (row);

  take_name_from (self, text);
  if (*text != '\0' && row == g_ptr_array_index (self->addresses, self->addresses->len - 1)
      && self->addresses->len < VAV_MAX_ADDRESSES)
    add_address_row (self, "");
}

static void
fill_in_link (VavAppPersonEditor *self, const char *link)
{
  GtkEditable *last = g_ptr_array_index (self->addresses, self->addresses->len - 1);

  gtk_editable_set_text (last, link);
}

/* --- keeping it --- */

static char **
dup_addresses (VavAppPersonEditor *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->addresses->len; i++)
    {
      g_autofree char *text = dup_text (g_ptr_array_index (self->addresses, i));

      if (*text != '\0')
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static gboolean
keep_changes (VavAppPersonEditor *self, VavPerson *person, const char *name, char **addresses, GError **error)
{
  if (g_strcmp0 (name, vav_person_get_name (person)) != 0 && !vav_people_rename (self->people, person, name, error))
    return FALSE;
  if (!vav_people_set_addresses (self->people, person, (const char *const *)addresses, error))
    return FALSE;
  return !self->picture_changed || vav_people_set_picture (self->people, person, self->picture, error);
}

/* Somebody new is added whole or not at all. */
static gboolean
keep_new (VavAppPersonEditor *self, const char *name, char **addresses, GError **error)
{
  g_autoptr (VavPerson) person = vav_people_add (self->people, name, addresses[0], error);

  if (person == NULL)
    return FALSE;
  if (keep_changes (self, person, name, addresses, error))
    return TRUE;
  vav_people_remove_person (self->people, person, NULL);
  return FALSE;
}

static void
on_save (VavAppPersonEditor *self)
{
  g_autofree char *name = dup_text (self->name_row);
  g_auto (GStrv) addresses = dup_addresses (self);
  g_autoptr (GError) error = NULL;
  gboolean kept;

  if (*name == '\0')
    return;
  tell (self, NULL);
  if (self->person == NULL && addresses[0] == NULL)
    {
      tell (self, _ ("Where shall they be called? Type an address, or paste the link that they gave you."));
      gtk_widget_grab_focus (g_ptr_array_index (self->addresses, 0));
      return;
    }
  kept = self->person != NULL ? keep_changes (self, self->person, name, addresses, &error)
                              : keep_new (self, name, addresses, &error);
  if (kept)
    gtk_window_close (GTK_WINDOW (self));
  else
    tell (self, error->message);
}

/* --- files --- */

typedef void (*FileFunc) (VavAppPersonEditor *self, GFile *file);

static void
on_file_response (GtkNativeDialog *dialog, int response, VavAppPersonEditor *self)
{
  FileFunc use = (FileFunc)g_object_get_data (G_OBJECT (dialog), "use");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      use (self, file);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
ask_for_picture (VavAppPersonEditor *self, const char *title, FileFunc use)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "use", (gpointer)use);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_portrait (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavAppPersonEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *picture = vav_app_picture_make_portrait_finish (result, &error);

  if (picture == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell (self, error->message);
      return;
    }
  g_clear_pointer (&self->picture, g_bytes_unref);
  self->picture = picture;
  self->picture_changed = TRUE;
  update_picture (self);
}

static void
use_portrait (VavAppPersonEditor *self, GFile *file)
{
  vav_app_picture_make_portrait_async (file, self->cancellable, on_portrait, g_object_ref (self));
}

static void
on_choose_picture (VavAppPersonEditor *self)
{
  ask_for_picture (self, _ ("Choose a picture"), use_portrait);
}

static void
on_remove_picture (VavAppPersonEditor *self)
{
  g_clear_pointer (&self->picture, g_bytes_unref);
  self->picture_changed = TRUE;
  update_picture (self);
}

static void
on_link (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavAppPersonEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = vav_app_code_read_finish (result, &error);

  if (link != NULL)
    fill_in_link (self, link);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, error->message);
}

static void
use_code (VavAppPersonEditor *self, GFile *file)
{
  vav_app_code_read_async (file, self->cancellable, on_link, g_object_ref (self));
}

static void
on_scan (VavAppPersonEditor *self)
{
  ask_for_picture (self, _ ("Choose the picture of a code"), use_code);
}

/* --- GObject --- */

static void
vav_app_person_editor_dispose (GObject *object)
{
  VavAppPersonEditor *self = VAV_APP_PERSON_EDITOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->people);
  g_clear_object (&self->person);
  g_clear_pointer (&self->picture, g_bytes_unref);
  G_OBJECT_CLASS (vav_app_person_editor_parent_class)->dispose (object);
}

static void
vav_app_person_editor_finalize (GObject *object)
{
  VavAppPersonEditor *self = VAV_APP_PERSON_EDITOR (object);

  g_free (self->proposed_name);
  g_ptr_array_unref (self->addresses);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (vav_app_person_editor_parent_class)->finalize (object);
}

static void
vav_app_person_editor_class_init (VavAppPersonEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_person_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_app_person_editor_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-person-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, trouble_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, save_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, no_picture_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, name_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, address_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonEditor, scan_button);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_scan);
}

static void
vav_app_person_editor_init (VavAppPersonEditor *self)
{
  self->addresses = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * vav_app_person_editor_new:
 * @parent: over which it is shown
 * @people: among whom the person is, or will be
 * @person: (nullable): somebody new
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWidget *
vav_app_person_editor_new (GtkWindow *parent, VavPeople *people, VavPerson *person)
{
  VavAppPersonEditor *self = g_object_new (VAV_APP_TYPE_PERSON_EDITOR, "transient-for", parent, NULL);
  const char *const *addresses = person != NULL ? vav_person_get_addresses (person) : NULL;

  self->people = g_object_ref (people);
  g_set_object (&self->person, person);
  gtk_window_set_title (GTK_WINDOW (self), person != NULL ? _ ("Change") : _ ("Add somebody"));
  gtk_button_set_label (self->save_button, person != NULL ? _ ("Save") : _ ("Add"));
  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    add_address_row (self, addresses[i]);
  if (self->addresses->len < VAV_MAX_ADDRESSES)
    add_address_row (self, "");
  gtk_widget_set_visible (self->scan_button, person == NULL);
  if (person != NULL)
    {
      if (vav_person_get_picture (person) != NULL)
        self->picture = g_bytes_ref (vav_person_get_picture (person));
      gtk_editable_set_text (self->name_row, vav_person_get_name (person));
    }
  update_picture (self);
  on_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
  return GTK_WIDGET (self);
}

/**
 * vav_app_person_editor_new_for_card:
 * @card: what somebody gave
 *
 * Returns: (transfer none): the window, filled in
 */
GtkWidget *
vav_app_person_editor_new_for_card (GtkWindow *parent, VavPeople *people, const VavCard *card)
{
  GtkWidget *self = vav_app_person_editor_new (parent, people, NULL);
  g_autofree char *link = vav_card_to_link (card);

  fill_in_link (VAV_APP_PERSON_EDITOR (self), link);
  return self;
}
