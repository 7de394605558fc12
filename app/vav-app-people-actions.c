/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-people-actions.h"

#include <glib/gi18n.h>

#include "app/vav-app-compare.h"
#include "app/vav-app-people-files.h"
#include "app/vav-app-person-editor.h"

typedef struct
{
  VavAppWindow *window; /* borrowed: owns the group, and so this */
  VavAppHost *host;     /* owned */
  VavPeople *people;    /* owned */
} Actions;

/* What the question is about, while it is open. */
typedef struct
{
  VavAppWindow *window; /* borrowed: the dialog goes with it */
  VavPeople *people;    /* owned */
  VavPerson *person;    /* owned */
} Question;

static void
actions_free (gpointer data)
{
  Actions *self = data;

  g_object_unref (self->host);
  g_object_unref (self->people);
  g_free (self);
}

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->people);
  g_object_unref (question->person);
  g_free (question);
}

/* Returns: (transfer full) (nullable): whom the action is about; %NULL if they were removed meanwhile */
static VavPerson *
find (Actions *self, GVariant *number)
{
  return vav_people_find_by_number (self->people, g_variant_get_int64 (number));
}

static void
tell (VavAppWindow *window, const GError *error)
{
  if (error != NULL)
    vav_app_window_toast (window, error->message);
}

/* --- without a question --- */

static void
add (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;

  gtk_window_present (GTK_WINDOW (vav_app_person_editor_new (GTK_WINDOW (self->window), self->people, NULL)));
}

/* Somebody who was found: what they say of themselves fills the editor, for the person to change. */
static void
add_card (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavCard) card = vav_card_parse (g_variant_get_string (parameter, NULL), NULL);

  if (card != NULL)
    gtk_window_present (
        GTK_WINDOW (vav_app_person_editor_new_for_card (GTK_WINDOW (self->window), self->people, card)));
}

static void
import (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;

  vav_app_people_files_import (self->window, self->host);
}

static void
export (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;

  vav_app_people_files_export (self->window, self->host);
}

static void
show_recent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;

  vav_app_window_show_recent (self->window);
}

static void
call (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);

  if (person != NULL)
    vav_app_window_call (self->window, vav_person_get_name (person), VAV_FLOW_ALL);
}

static void
call_sound (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);

  if (person != NULL)
    vav_app_window_call (self->window, vav_person_get_name (person), VAV_FLOW_ALL & ~VAV_FLOW_VIDEO_OUT);
}

static void
open_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);

  if (person != NULL)
    vav_app_window_show_person (self->window, person);
}

static void
edit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);

  if (person != NULL)
    gtk_window_present (GTK_WINDOW (vav_app_person_editor_new (GTK_WINDOW (self->window), self->people, person)));
}

static void
compare (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);

  if (person != NULL && vav_person_get_id (person) != NULL)
    gtk_window_present (GTK_WINDOW (
        vav_app_compare_new (GTK_WINDOW (self->window), vav_app_host_get_endpoint (self->host), person, NULL)));
}

static void
toggle_favourite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);
  g_autoptr (GError) error = NULL;

  if (person != NULL)
    vav_people_set_favourite (self->people, person, !vav_person_get_favourite (person), &error);
  tell (self->window, error);
}

static void
unblock (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);
  g_autoptr (GError) error = NULL;

  if (person != NULL)
    vav_people_set_blocked (self->people, person, FALSE, &error);
  tell (self->window, error);
}

/* --- with one --- */

static void
ask (Actions *self, VavPerson *person, const char *heading, const char *body, const char *label, GCallback on_response)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self->window), heading, body);
  Question *question = g_new0 (Question, 1);

  question->window = self->window;
  question->people = g_object_ref (self->people);
  question->person = g_object_ref (person);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "do", label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response::do", on_response, question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_block (AdwMessageDialog *dialog, const char *response, Question *question)
{
  g_autoptr (GError) error = NULL;

  vav_people_set_blocked (question->people, question->person, TRUE, &error);
  tell (question->window, error);
}

static void
block (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);
  g_autofree char *heading = NULL;

  if (person == NULL)
    return;
  /* Translators: %s is a person's name */
  heading = g_strdup_printf (_ ("Block %s?"), vav_person_get_name (person));
  ask (self, person, heading,
       _ ("Their calls will not ring any more, and they are not told why. Preferences list who is blocked."),
       _ ("_Block"), G_CALLBACK (on_block));
}

static void
on_remove (AdwMessageDialog *dialog, const char *response, Question *question)
{
  g_autoptr (GError) error = NULL;

  vav_people_remove_person (question->people, question->person, &error);
  tell (question->window, error);
}

static void
remove_person (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Actions *self = user_data;
  g_autoptr (VavPerson) person = find (self, parameter);
  g_autofree char *heading = NULL;

  if (person == NULL)
    return;
  /* Translators: %s is a person's name */
  heading = g_strdup_printf (_ ("Remove %s?"), vav_person_get_name (person));
  ask (self, person, heading,
       _ ("Their address and their key are forgotten. When they call again they are somebody unknown."), _ ("_Remove"),
       G_CALLBACK (on_remove));
}

/* --- public functions --- */

void
vav_app_people_actions_install (VavAppWindow *window, VavAppHost *host)
{
  static const GActionEntry entries[] = {
    { .name = "add", .activate = add },
    { .name = "add-card", .activate = add_card, .parameter_type = "s" },
    { .name = "import", .activate = import },
    { .name = "export", .activate = export },
    { .name = "recent", .activate = show_recent },
    { .name = "call", .activate = call, .parameter_type = "x" },
    { .name = "call-sound", .activate = call_sound, .parameter_type = "x" },
    { .name = "open", .activate = open_page, .parameter_type = "x" },
    { .name = "edit", .activate = edit, .parameter_type = "x" },
    { .name = "compare", .activate = compare, .parameter_type = "x" },
    { .name = "favourite", .activate = toggle_favourite, .parameter_type = "x" },
    { .name = "block", .activate = block, .parameter_type = "x" },
    { .name = "unblock", .activate = unblock, .parameter_type = "x" },
    { .name = "remove", .activate = remove_person, .parameter_type = "x" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  Actions *self = g_new0 (Actions, 1);

  self->window = window;
  self->host = g_object_ref (host);
  self->people = g_object_ref (vav_endpoint_get_people (vav_app_host_get_endpoint (host)));
  g_object_set_data_full (G_OBJECT (group), "actions", self, actions_free);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "people", G_ACTION_GROUP (group));
}

static void
append (GMenu *menu, const char *label, const char *action, VavPerson *person)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", vav_person_get_number (person));
  g_menu_append_item (menu, item);
}

GMenuModel *
vav_app_people_actions_make_menu (VavPerson *person, gboolean on_page)
{
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();
  GMenu *menu = g_menu_new ();

  if (!on_page)
    {
      append (first, _ ("_Call"), "people.call", person);
      append (first, _ ("_Sound only"), "people.call-sound", person);
      append (first, _ ("_Details"), "people.open", person);
    }
  append (first, vav_person_get_favourite (person) ? _ ("Remove from _favourites") : _ ("_Favourite"),
          "people.favourite", person);
  append (first, _ ("C_hange…"), "people.edit", person);
  if (vav_person_get_id (person) != NULL)
    append (first, _ ("Compare c_odes…"), "people.compare", person);
  append (last, vav_person_get_blocked (person) ? _ ("Un_block") : _ ("_Block…"),
          vav_person_get_blocked (person) ? "people.unblock" : "people.block", person);
  append (last, _ ("_Remove…"), "people.remove", person);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  return G_MENU_MODEL (menu);
}
