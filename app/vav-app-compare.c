/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-compare.h"

#include <glib/gi18n.h>
#include <string.h>

struct _VavAppCompare
{
  AdwWindow parent_instance;

  /* template children */
  GtkLabel *warning_label;
  GtkLabel *how_label;
  GtkLabel *code_label;
  GtkLabel *result_label;
  GtkWidget *button_box;

  /* owned */
  VavEndpoint *endpoint;
  VavPerson *person;
  char *new_id; /* nullable: it is about the key that is known */
};

G_DEFINE_FINAL_TYPE (VavAppCompare, vav_app_compare, ADW_TYPE_WINDOW)

static void
show_result (VavAppCompare *self, const char *sentence)
{
  gtk_label_set_label (self->result_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->result_label), TRUE);
  gtk_widget_set_visible (self->button_box, FALSE);
}

static gboolean
keep (VavAppCompare *self, GError **error)
{
  VavPeople *people = vav_endpoint_get_people (self->endpoint);

  if (self->new_id != NULL && !vav_people_replace_key (people, self->person, self->new_id, error))
    return FALSE;
  return vav_people_verify (people, self->person, vav_endpoint_get_id (self->endpoint),
                            gtk_label_get_label (self->code_label), error);
}

static void
on_same (VavAppCompare *self)
{
  const char *name = vav_person_get_name (self->person);
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (!keep (self, &error))
    {
      show_result (self, error->message);
      return;
    }
  /* Translators: %s is a person's name */
  sentence = g_strdup_printf (_ ("%s is verified now. From now on only who has this key is %s to you."), name, name);
  show_result (self, sentence);
}

static void
on_differ (VavAppCompare *self)
{
  /* Translators: %s is a person's name */
  g_autofree char *sentence = g_strdup_printf (
      _ ("Then it may be somebody else who answers in the place of %s. Do not tell them what only %s "
         "should hear. Make sure first that both of you looked at the code of the other."),
      vav_person_get_name (self->person), vav_person_get_name (self->person));

  show_result (self, sentence);
}

static void
vav_app_compare_dispose (GObject *object)
{
  VavAppCompare *self = VAV_APP_COMPARE (object);

  g_clear_object (&self->endpoint);
  g_clear_object (&self->person);
  g_clear_pointer (&self->new_id, g_free);
  G_OBJECT_CLASS (vav_app_compare_parent_class)->dispose (object);
}

static void
vav_app_compare_class_init (VavAppCompareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_compare_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-compare.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCompare, warning_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCompare, how_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCompare, code_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCompare, result_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCompare, button_box);
  gtk_widget_class_bind_template_callback (widget_class, on_same);
  gtk_widget_class_bind_template_callback (widget_class, on_differ);
}

static void
vav_app_compare_init (VavAppCompare *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Six groups are read better as two lines of three. */
static char *
in_two_lines (const char *code)
{
  char *lines = g_strdup (code);
  char *space = lines;

  for (guint i = 0; space != NULL && i < 3; i++)
    space = strchr (i == 0 ? space : space + 1, ' ');
  if (space != NULL)
    *space = '\n';
  return lines;
}

static void
fill (VavAppCompare *self)
{
  const char *name = vav_person_get_name (self->person);
  const char *id = self->new_id != NULL ? self->new_id : vav_person_get_id (self->person);
  g_autofree char *code = vav_people_dup_compare_code (vav_endpoint_get_id (self->endpoint), id);
  g_autofree char *lines = in_two_lines (code);
  /* Translators: %s is a person's name */
  g_autofree char *how
      = g_strdup_printf (_ ("Ask %s to open “Compare codes” on the page about you, and read the code to each other, "
                            "where you know that it is them: face to face or by telephone."),
                         name);
  /* Translators: %s is a person's name */
  g_autofree char *warning
      = g_strdup_printf (_ ("Another key answered than the one that you know of %s. So it is when they have a new "
                            "computer, or have set theirs up anew; or it is somebody else."),
                         name);

  gtk_label_set_label (self->how_label, how);
  gtk_label_set_label (self->code_label, lines);
  gtk_label_set_label (self->warning_label, warning);
  gtk_widget_set_visible (GTK_WIDGET (self->warning_label), self->new_id != NULL);
}

/**
 * vav_app_compare_new:
 * @parent: over which it is shown
 * @endpoint: this user
 * @person: somebody whose key is known
 * @new_id: (nullable): the key that answered in the place of the known one
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWidget *
vav_app_compare_new (GtkWindow *parent, VavEndpoint *endpoint, VavPerson *person, const char *new_id)
{
  VavAppCompare *self = g_object_new (VAV_APP_TYPE_COMPARE, "transient-for", parent, NULL);

  self->endpoint = g_object_ref (endpoint);
  self->person = g_object_ref (person);
  self->new_id = g_strdup (new_id);
  fill (self);
  return GTK_WIDGET (self);
}
