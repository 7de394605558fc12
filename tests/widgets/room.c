/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/widgets/room.h"

/* The hue of somebody's test picture comes from their key: degrees on the plane of U and V. */
static int
hue_of (Party *party)
{
  guint32 hash = 2166136261u;

  for (const char *at = vav_endpoint_get_id (party->endpoint); *at != '\0'; at++)
    hash = (hash ^ (guint8)*at) * 16777619u;
  hash ^= hash >> 15;
  return (int)(hash % 360);
}

/* Keys are made by chance; two pictures that look alike would show nothing. */
static gboolean
look_alike (Pair *pair)
{
  int difference = ABS (hue_of (&pair->anna) - hue_of (&pair->bob));

  return MIN (difference, 360 - difference) < 60;
}

void
room_set_up (Room *room, gconstpointer media)
{
  pair_set_up (&room->pair, media);
  while (look_alike (&room->pair))
    {
      party_clear (&room->pair.bob);
      party_init (&room->pair.bob, "Bob", NULL, media);
      party_listen (&room->pair.bob, "127.0.0.1:0");
    }
  room->view = VAV_GTK_CONFERENCE (vav_gtk_conference_new ());
  g_object_set (room->view, "mirror-own", FALSE, NULL);
  room->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (room->window), 640, 480);
  gtk_window_set_child (GTK_WINDOW (room->window), GTK_WIDGET (room->view));
  vav_gtk_conference_set_stream (room->view, room->pair.anna.stream);
  gtk_window_present (GTK_WINDOW (room->window));
}

void
room_tear_down (Room *room, gconstpointer media)
{
  gtk_window_destroy (GTK_WINDOW (room->window));
  pair_tear_down (&room->pair, media);
}

GtkWidget *
find_class (GtkWidget *widget, const char *css_class)
{
  if (gtk_widget_has_css_class (widget, css_class))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_class (child, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
begin_call (Room *room)
{
  room->pair.bob.manner = PARTY_ACCEPTS;
  party_call (&room->pair.anna, &room->pair.bob);
  wait_for_state (&room->pair.anna, VAV_STATE_ACTIVE);
  wait_for_state (&room->pair.bob, VAV_STATE_ACTIVE);
}

gboolean
has_words (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && strstr (gtk_label_get_label (GTK_LABEL (widget)), words) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_words (child, words))
      return TRUE;
  return FALSE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer done)
{
  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL));
  *(gboolean *)done = TRUE;
}

gboolean
act (const char *arguments)
{
  g_autofree char *line = g_strconcat ("xdotool ", arguments, NULL);
  g_autofree char *program = g_find_program_in_path ("xdotool");
  g_autoptr (GSubprocess) process = NULL;
  g_auto (GStrv) argv = NULL;
  gboolean done = FALSE;

  if (program == NULL)
    {
      g_test_skip ("xdotool is not installed");
      return FALSE;
    }
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  process = g_subprocess_newv ((const char *const *)argv, G_SUBPROCESS_FLAGS_NONE, NULL);
  g_assert_nonnull (process);
  g_subprocess_wait_check_async (process, NULL, on_done, &done);
  wait_until (done);
  return TRUE;
}

gboolean
point_at (GtkWidget *widget, double x, double y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  g_autofree char *arguments = NULL;
  graphene_rect_t bounds;
  double left, top;

  wait_until (gtk_widget_compute_bounds (widget, GTK_WIDGET (native), &bounds) && bounds.size.width > 0);
  gtk_native_get_surface_transform (native, &left, &top);
  arguments = g_strdup_printf ("mousemove %d %d", (int)(left + bounds.origin.x + x * bounds.size.width),
                               (int)(top + bounds.origin.y + y * bounds.size.height));
  return act (arguments);
}
