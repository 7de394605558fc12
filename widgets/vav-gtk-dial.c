/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-dial.h"

#include <glib/gi18n-lib.h>

/* So much of a name that is no view's is repeated to the person. */
#define MAX_TOLD 64

static gboolean
is_called (GtkWidget *widget, const char *name)
{
  const char *own = gtk_widget_get_name (widget);

  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), name) == 0)
    return TRUE;
  /* where no name was set GTK tells the class, which is no view's own */
  return g_strcmp0 (own, name) == 0 && g_strcmp0 (own, G_OBJECT_TYPE_NAME (widget)) != 0;
}

static void
collect (GtkWidget *widget, const char *name, GPtrArray *found)
{
  if (VAV_GTK_IS_CONFERENCE (widget))
    {
      if (is_called (widget, name))
        g_ptr_array_add (found, widget);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, name, found);
}

static void
collect_everywhere (const char *name, GPtrArray *found)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  guint n = g_list_model_get_n_items (windows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      collect (window, name, found);
    }
}

/* A name may come from anywhere: only so much of it as can be read. */
static char *
dup_told (const char *name)
{
  g_autofree char *text = g_utf8_make_valid (name, -1);

  if (g_utf8_strlen (text, -1) <= MAX_TOLD)
    return g_steal_pointer (&text);
  *g_utf8_offset_to_pointer (text, MAX_TOLD) = '\0';
  return g_strconcat (text, "…", NULL);
}

/**
 * vav_gtk_find_conference:
 * @root: (nullable): where to look: this widget and all below it; %NULL: all windows
 * @name: the view's id in its .ui file, or its #GtkWidget:name
 * @error: %VAV_ERROR_FAILED: no view is called so, or several are
 *
 * Returns: (transfer none) (nullable): the view
 */
VavGtkConference *
vav_gtk_find_conference (GtkWidget *root, const char *name, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autofree char *told = NULL;

  g_return_val_if_fail (root == NULL || GTK_IS_WIDGET (root), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (root != NULL)
    collect (root, name, found);
  else
    collect_everywhere (name, found);
  if (found->len == 1)
    return g_ptr_array_index (found, 0);
  told = dup_told (name);
  if (found->len == 0)
    g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("No view is called “%s”."), told);
  else
    g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("More than one view is called “%s”."), told);
  return NULL;
}

/**
 * vav_gtk_dial:
 * @root: (nullable): where to look for the view; %NULL: in all windows
 * @name: the view's name, see vav_gtk_find_conference()
 * @address: whom to call; "" is this computer
 * @error: as vav_gtk_find_conference() and vav_gtk_conference_dial()
 *
 * Returns: whether the call has begun, in that view
 */
gboolean
vav_gtk_dial (GtkWidget *root, const char *name, const char *address, GError **error)
{
  VavGtkConference *view;

  g_return_val_if_fail (address != NULL, FALSE);

  view = vav_gtk_find_conference (root, name, error);
  return view != NULL && vav_gtk_conference_dial (view, address, error);
}
