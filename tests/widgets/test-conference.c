/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gtk/gtk.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"
#include "widgets/visavis-gtk.h"

/* The view and the objects that it is given and loses; no call is made here. */

static void
on_notify (GObject *object, GParamSpec *pspec, GHashTable *counts)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (counts, pspec->name));

  g_hash_table_insert (counts, g_strdup (pspec->name), GINT_TO_POINTER (n + 1));
}

static GHashTable *
watch (gpointer object)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_signal_connect (object, "notify", G_CALLBACK (on_notify), counts);
  return counts;
}

#define assert_count(counts, name, n) g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (counts, name)), ==, n)

static GtkWidget *
find_button (GtkWidget *widget, const char *action)
{
  if (GTK_IS_ACTIONABLE (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, action);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Set, set again, swap, clear: each change is told once, nothing is told for none, and no reference is kept. */
static void
test_set_swap_clear (void)
{
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (NULL, "none", NULL);
  VavStream *first = vav_stream_new (endpoint);
  VavStream *second = vav_stream_new (endpoint);
  GtkWidget *widget = g_object_ref_sink (vav_gtk_conference_new ());
  VavGtkConference *view = VAV_GTK_CONFERENCE (widget);
  g_autoptr (GHashTable) counts = watch (view);

  vav_gtk_conference_set_stream (view, NULL);
  assert_count (counts, "stream", 0);
  vav_gtk_conference_set_stream (view, first);
  assert_count (counts, "stream", 1);
  vav_gtk_conference_set_stream (view, first);
  assert_count (counts, "stream", 1);
  vav_gtk_conference_set_stream (view, second);
  assert_count (counts, "stream", 2);
  g_assert_true (vav_gtk_conference_get_stream (view) == second);
  g_object_set (view, "stream", NULL, NULL);
  assert_count (counts, "stream", 3);
  g_assert_null (vav_gtk_conference_get_stream (view));
  g_assert_true (vav_gtk_conference_get_endpoint (view) == endpoint);

  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
  g_assert_finalize_object (view);
}

/* A view that dies with a stream lets go of it; a stream outlives its views, and views their endpoint. */
static void
test_destroy (void)
{
  VavEndpoint *endpoint = vav_endpoint_new (NULL, "none", NULL);
  VavStream *stream = vav_stream_new (endpoint);
  GtkWidget *one = gtk_window_new ();
  GtkWidget *other = gtk_window_new ();
  VavGtkConference *views[2]
      = { VAV_GTK_CONFERENCE (vav_gtk_conference_new ()), VAV_GTK_CONFERENCE (vav_gtk_conference_new ()) };
  gpointer weak[2] = { views[0], views[1] };
  g_autoptr (VavGtkConference) kept = g_object_ref (views[1]);

  for (int i = 0; i < 2; i++)
    {
      g_object_add_weak_pointer (G_OBJECT (views[i]), &weak[i]);
      vav_gtk_conference_set_stream (views[i], stream);
    }
  gtk_window_set_child (GTK_WINDOW (one), GTK_WIDGET (views[0]));
  gtk_window_set_child (GTK_WINDOW (other), GTK_WIDGET (views[1]));
  gtk_window_present (GTK_WINDOW (one));
  gtk_window_present (GTK_WINDOW (other));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (views[0])));
  gtk_window_destroy (GTK_WINDOW (one));
  wait_until (weak[0] == NULL);
  gtk_window_destroy (GTK_WINDOW (other));
  vav_gtk_conference_set_stream (kept, NULL);
  g_assert_finalize_object (stream);
  g_assert_finalize_object (endpoint);
  g_assert_null (vav_gtk_conference_get_endpoint (kept));
  g_object_remove_weak_pointer (G_OBJECT (kept), &weak[1]);
}

static const char ui[] = "<interface>"
                         "<object class='GtkWindow' id='window'><property name='child'>"
                         "<object class='VavGtkConference' id='view'>"
                         "<property name='view'>remote</property>"
                         "<property name='identifier'>Door</property>"
                         "<property name='detection'>True</property>"
                         "<property name='dialler-visible'>False</property>"
                         "</object></property></object></interface>";

/* From a .ui file, with what is the stream's set before there is one: it is handed on when the stream comes. */
static void
test_ui_file (void)
{
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (NULL, "none", NULL);
  g_autoptr (VavStream) stream = vav_stream_new (endpoint);
  g_autoptr (GtkBuilder) builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;
  VavGtkConference *view;

  g_test_summary ("W1, W23: the view in a .ui file, bound to a stream; what was set on it goes on to the stream");
  vav_gtk_init ();
  g_assert_true (vav_endpoint_set_listen (endpoint, "127.0.0.1:0", NULL));
  gtk_builder_add_from_string (builder, ui, -1, &error);
  g_assert_no_error (error);
  view = VAV_GTK_CONFERENCE (gtk_builder_get_object (builder, "view"));
  g_assert_cmpint (vav_gtk_conference_get_view (view), ==, VAV_GTK_VIEW_REMOTE);
  g_assert_cmpstr (vav_gtk_conference_get_identifier (view), ==, "Door");
  g_assert_true (vav_gtk_conference_get_detection (view));
  g_assert_false (vav_stream_get_detection (stream));

  vav_gtk_conference_set_stream (view, stream);
  g_assert_cmpstr (vav_stream_get_identifier (stream), ==, "Door");
  g_assert_true (vav_stream_get_detection (stream));
  vav_gtk_conference_set_detection (view, FALSE);
  g_assert_false (vav_stream_get_detection (stream));
  vav_stream_set_detection (stream, TRUE);
  g_assert_true (vav_gtk_conference_get_detection (view));
  vav_stream_set_detection (stream, FALSE);
  gtk_window_destroy (GTK_WINDOW (gtk_builder_get_object (builder, "window")));
}

static void
on_stream_destroy (VavGtkConference *view, GParamSpec *pspec, GtkWindow *window)
{
  g_signal_handlers_disconnect_by_func (view, on_stream_destroy, window);
  gtk_window_destroy (window);
}

/* Who hears that a view has a stream, or has none any more, may destroy the view there and then. */
static void
test_destroy_when_told (void)
{
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (NULL, "none", NULL);
  g_autoptr (VavStream) stream = vav_stream_new (endpoint);
  GtkWidget *window = gtk_window_new ();
  gpointer view = vav_gtk_conference_new ();

  gtk_window_set_child (GTK_WINDOW (window), view);
  g_signal_connect (view, "notify::stream", G_CALLBACK (on_stream_destroy), window);
  g_object_add_weak_pointer (view, &view);
  vav_gtk_conference_set_stream (view, stream);
  g_assert_null (view);
}

static void
test_room_for_a_call (void)
{
  GtkWidget *widget = g_object_ref_sink (vav_gtk_conference_new ());
  GtkRequisition minimum, natural;

  g_test_summary ("W21: a window that is given no size of its own comes up with room for a call.");

  gtk_widget_get_preferred_size (widget, &minimum, &natural);
  g_assert_cmpint (natural.width, >=, 640);
  g_assert_cmpint (natural.height, >=, 480);
  g_assert_cmpint (minimum.width, <, 640);

  g_object_unref (widget);
}

/* Without stream and endpoint a view is idle and cannot call, and says so; with an endpoint it makes itself a fresh stream. */
static void
test_without_stream (void)
{
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (NULL, "none", NULL);
  g_autoptr (GError) error = NULL;
  GtkWidget *widget = g_object_ref_sink (vav_gtk_conference_new ());
  VavGtkConference *view = VAV_GTK_CONFERENCE (widget);
  GtkWidget *entry = find_type (widget, GTK_TYPE_ENTRY);
  GtkWidget *call = find_button (widget, "call.start");
  GtkWidget *toggle = find_type (widget, GTK_TYPE_SWITCH);
  g_autoptr (VavStream) stream = NULL;

  g_assert_nonnull (entry);
  g_assert_false (vav_gtk_conference_dial (view, "127.0.0.1:1", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  gtk_editable_set_text (GTK_EDITABLE (entry), "127.0.0.1:1");
  g_assert_false (gtk_widget_is_sensitive (call));
  g_assert_false (gtk_widget_is_sensitive (toggle));

  vav_gtk_conference_set_endpoint (view, endpoint);
  g_assert_true (gtk_widget_is_sensitive (toggle));
  g_assert_true (gtk_widget_activate_action (widget, "call.start", NULL));
  g_assert_nonnull (vav_gtk_conference_get_stream (view));
  stream = g_object_ref (vav_gtk_conference_get_stream (view));
  g_assert_cmpstr (vav_gtk_conference_get_address (view), ==, "127.0.0.1:1");
  wait_until (vav_stream_get_state (stream) == VAV_STATE_FAILED);
  g_assert_true (gtk_widget_get_visible (find_button (widget, "call.again")));
  g_assert_null (vav_gtk_conference_get_stream (view));
  g_assert_finalize_object (view);
}

static const char desk_ui[] = "<interface>"
                              "<object class='GtkWindow' id='window'><property name='child'><object class='GtkBox'>"
                              "<child><object class='VavGtkConference' id='left'>"
                              "<property name='identifier'>Door</property>"
                              "<property name='detection'>True</property></object></child>"
                              "<child><object class='VavGtkConference' id='right'>"
                              "<property name='address'>127.0.0.1:1</property></object></child>"
                              "<child><object class='VavGtkConference'/></child>"
                              "<child><object class='VavGtkConference'/></child>"
                              "</object></property></object></interface>";

typedef struct
{
  VavEndpoint *endpoint;
  GtkBuilder *builder;
  GtkWindow *window;
  VavGtkConference *left;
  VavGtkConference *right;
} Row;

/* A window with four views, two of which have names. */
static void
row_set_up (Row *row, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vav_gtk_init ();
  row->endpoint = vav_endpoint_new (NULL, "none", NULL);
  g_assert_true (vav_endpoint_set_listen (row->endpoint, "127.0.0.1:0", NULL));
  row->builder = gtk_builder_new ();
  gtk_builder_add_from_string (row->builder, desk_ui, -1, &error);
  g_assert_no_error (error);
  row->window = GTK_WINDOW (gtk_builder_get_object (row->builder, "window"));
  row->left = VAV_GTK_CONFERENCE (gtk_builder_get_object (row->builder, "left"));
  row->right = VAV_GTK_CONFERENCE (gtk_builder_get_object (row->builder, "right"));
}

static void
row_tear_down (Row *row, gconstpointer data)
{
  gtk_window_destroy (row->window);
  g_object_unref (row->builder);
  wait_until (vav_endpoint_get_listening_address (row->endpoint) == NULL);
  g_object_unref (row->endpoint);
}

/* What a .ui file says of a view holds from the moment when the view has an endpoint: the one listens under its name, the other dials. */
static void
test_ui_endpoint (Row *row, gconstpointer data)
{
  g_test_summary ("W23: identifier, detection and address in a .ui file take effect when the views get an endpoint");

  g_assert_cmpstr (vav_gtk_conference_get_address (row->right), ==, "127.0.0.1:1");
  g_assert_null (vav_gtk_conference_get_stream (row->left));
  vav_gtk_conference_set_endpoint (row->left, row->endpoint);
  g_assert_nonnull (vav_endpoint_get_listening_address (row->endpoint));
  g_assert_cmpstr (vav_stream_get_identifier (vav_gtk_conference_get_stream (row->left)), ==, "Door");
  vav_gtk_conference_set_endpoint (row->right, row->endpoint);
  g_assert_true (vav_stream_is_busy (vav_gtk_conference_get_stream (row->right)));
  wait_until (vav_gtk_conference_get_stream (row->right) == NULL);
  vav_gtk_conference_set_detection (row->left, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (row->endpoint));
  vav_gtk_conference_set_detection (row->left, TRUE);
  g_assert_nonnull (vav_endpoint_get_listening_address (row->endpoint));
}

static void
assert_not_found (GtkWidget *root, const char *name, const char *sentence)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_gtk_dial (root, name, "127.0.0.1:1", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, sentence);
}

/* Dialling by the view's name: the id of the .ui file or the widget's name, in all windows or below one widget. */
static void
test_dial_by_name (Row *row, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("W23: a connect call takes a view's name and an address");

  g_assert_false (vav_gtk_dial (NULL, "left", "127.0.0.1:1", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED); /* found, but it has no endpoint */
  g_clear_error (&error);
  vav_gtk_conference_set_endpoint (row->left, row->endpoint);
  vav_gtk_dial (NULL, "left", "127.0.0.1:1", &error);
  g_assert_no_error (error);
  g_assert_true (vav_stream_is_busy (vav_gtk_conference_get_stream (row->left)));
  g_assert_cmpstr (vav_gtk_conference_get_address (row->left), ==, "127.0.0.1:1");
  g_assert_false (vav_gtk_dial (NULL, "left", "127.0.0.1:2", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_BUSY);
  g_assert_cmpstr (vav_gtk_conference_get_address (row->left), ==, "127.0.0.1:1");

  gtk_widget_set_name (GTK_WIDGET (row->right), "kitchen");
  g_assert_true (vav_gtk_find_conference (NULL, "kitchen", NULL) == row->right);
  g_assert_true (vav_gtk_find_conference (GTK_WIDGET (row->window), "right", NULL) == row->right);
  g_assert_true (vav_gtk_find_conference (GTK_WIDGET (row->right), "right", NULL) == row->right);
}

/* Names of no view, of another widget, of a class, of two views, and none that anybody would give. */
static void
test_dial_nonsense (Row *row, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (100000, 'x');
  g_autofree char *short_name = g_strnfill (64, 'x');
  g_autofree char *told = g_strdup_printf ("No view is called “%s…”.", short_name);

  g_test_summary ("W23: a name of no view or of two is refused with a sentence, and nothing is dialled");

  vav_gtk_conference_set_endpoint (row->left, row->endpoint);
  assert_not_found (NULL, "nobody", "No view is called “nobody”.");
  assert_not_found (NULL, "", "No view is called “”.");
  assert_not_found (NULL, "window", "No view is called “window”.");
  assert_not_found (NULL, "VavGtkConference", "No view is called “VavGtkConference”.");
  assert_not_found (NULL, "LEFT", "No view is called “LEFT”.");
  assert_not_found (NULL, "\xff%s", "No view is called “\xef\xbf\xbd%s”.");
  assert_not_found (NULL, long_name, told);
  assert_not_found (GTK_WIDGET (row->right), "left", "No view is called “left”.");
  gtk_widget_set_name (GTK_WIDGET (row->right), "left");
  assert_not_found (NULL, "left", "More than one view is called “left”.");
  g_assert_false (vav_stream_is_busy (vav_gtk_conference_get_stream (row->left)));
  g_assert_true (vav_gtk_find_conference (GTK_WIDGET (row->right), "left", NULL) == row->right);
}

/* An address set on the view dials when a stream comes, and at once when there is one. */
static void
test_address_dials (void)
{
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (NULL, "none", NULL);
  g_autoptr (VavStream) stream = vav_stream_new (endpoint);
  VavGtkConference *view = g_object_ref_sink (g_object_new (VAV_GTK_TYPE_CONFERENCE, "address", "127.0.0.1:1", NULL));

  g_assert_cmpint (vav_stream_get_state (stream), ==, VAV_STATE_IDLE);
  vav_gtk_conference_set_stream (view, stream);
  g_assert_true (vav_stream_is_busy (stream));
  g_assert_cmpstr (vav_gtk_conference_get_address (view), ==, "127.0.0.1:1");
  wait_until (vav_stream_get_state (stream) == VAV_STATE_FAILED);
  g_assert_cmpint (vav_stream_get_end_reason (stream), ==, VAV_REASON_UNREACHABLE);
  g_object_set (view, "address", "127.0.0.1:2", NULL);
  g_assert_true (vav_stream_is_busy (vav_gtk_conference_get_stream (view)));
  wait_until (vav_gtk_conference_get_stream (view) == NULL);
  g_assert_finalize_object (view);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/widgets/conference/set-swap-clear", test_set_swap_clear);
  g_test_add_func ("/widgets/conference/destroy", test_destroy);
  g_test_add_func ("/widgets/conference/destroy-when-told", test_destroy_when_told);
  g_test_add_func ("/widgets/conference/ui-file", test_ui_file);
  g_test_add_func ("/widgets/conference/without-stream", test_without_stream);
  g_test_add_func ("/widgets/conference/room-for-a-call", test_room_for_a_call);
  g_test_add_func ("/widgets/conference/address-dials", test_address_dials);
#define ADD(name, func) g_test_add ("/widgets/conference/" name, Row, NULL, row_set_up, func, row_tear_down)
  ADD ("ui-endpoint", test_ui_endpoint);
  ADD ("dial-by-name", test_dial_by_name);
  ADD ("dial-nonsense", test_dial_nonsense);
  return tolerate_exit (g_test_run ());
}
