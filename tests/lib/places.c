/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A module of GIO (GIO_EXTRA_MODULES), loaded into a program whose widgets are clicked at. GTK since 4.10 tells AT-SPI where a widget stands inside of what
 * its parent's padding and border surround, and adds that up to the window as if nothing were around it: a button in a few boxes is told of beside its place.
 * This says where it stands from its parent's outer edge, of which the sum is right, and tells of a window without its frame, as older GTK does. */
#include <gtk/gtk.h>

void g_io_places_load (GIOModule *module);
void g_io_places_unload (GIOModule *module);

static gboolean (*get_bounds) (GtkAccessible *widget, int *x, int *y, int *width, int *height);

static gboolean
get_place (GtkAccessible *accessible, int *x, int *y, int *width, int *height)
{
  GtkWidget *widget = GTK_WIDGET (accessible), *parent = gtk_widget_get_parent (widget);
  g_autoptr (GtkAccessible) above = gtk_accessible_get_accessible_parent (accessible);
  graphene_rect_t edge;

  *x = *y = *width = *height = 0; /* GTK tells whatever there was, of what has no place */
  if (!get_bounds (accessible, x, y, width, height))
    return FALSE;
  if (parent == NULL)
    {
      *x = *y = 0;
      *width = gtk_widget_get_width (widget);
      *height = gtk_widget_get_height (widget);
    }
  else if (!GTK_IS_WIDGET (above)) /* the page of a stack, which tells its widget's place as its own */
    *x = *y = 0;
  else if (gtk_widget_get_parent (parent) != NULL && gtk_widget_compute_bounds (parent, parent, &edge))
    {
      *x -= (int)edge.origin.x;
      *y -= (int)edge.origin.y;
    }
  return TRUE;
}

/* A class has a copy of its parent's interface if it adds to it, made when it is first used. */
static void
mend (GType type)
{
  gpointer class = g_type_class_peek (type);
  GtkAccessibleInterface *interface = class != NULL ? g_type_interface_peek (class, GTK_TYPE_ACCESSIBLE) : NULL;
  g_autofree GType *below = g_type_children (type, NULL);

  if (interface != NULL && interface->get_bounds == get_bounds)
    interface->get_bounds = get_place;
  for (const GType *child = below; *child != 0; child++)
    mend (*child);
}

static gboolean
begin (gpointer unused G_GNUC_UNUSED)
{
  if (g_type_from_name ("GtkWidget") == 0) /* a program without windows */
    return G_SOURCE_REMOVE;

  gpointer class = g_type_class_ref (GTK_TYPE_WIDGET);
  GtkAccessibleInterface *interface = g_type_interface_peek (class, GTK_TYPE_ACCESSIBLE);

  get_bounds = interface->get_bounds;
  mend (GTK_TYPE_WIDGET);
  return G_SOURCE_REMOVE;
}

void
g_io_places_load (GIOModule *module)
{
  g_type_module_use (G_TYPE_MODULE (module)); /* it stays */
  g_idle_add_full (G_PRIORITY_HIGH, begin, NULL, NULL);
}

void
g_io_places_unload (GIOModule *module G_GNUC_UNUSED)
{
}
