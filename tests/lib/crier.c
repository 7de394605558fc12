/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "net/core/vav-id.h"

/* Announces by Avahi what no Visavis would: any TXT record, hundreds of people, nonsense. For tests; waits for answers, says `established`, and stays until it is
 * killed. */

#define AVAHI "org.freedesktop.Avahi"
#define TYPE "_visavis._tcp"

static GDBusConnection *bus;
static guint n_waiting;

static char *
make_id (guint number)
{
  guint8 key[32];

  for (gsize i = 0; i < sizeof key; i++)
    key[i] = (guint8)(number >> (8 * (i % 4))) ^ (guint8)i;
  return vav_id_from_spki (key, sizeof key);
}

static char *
new_group (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, AVAHI, "/", AVAHI ".Server", "EntryGroupNew", NULL,
                                                            G_VARIANT_TYPE ("(o)"), 0, -1, NULL, &error);
  char *path = NULL;

  g_assert_no_error (error);
  g_variant_get (reply, "(o)", &path);
  return path;
}

static void
call (const char *group, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, AVAHI, group, AVAHI ".EntryGroup", method, arguments,
                                                            NULL, 0, -1, NULL, &error);

  if (reply == NULL)
    g_error ("%s: %s", method, error->message);
}

/* lengths: (nullable) of the strings, which may have zeros in them */
static GVariant *
make_txt (const char *const *strings, const gsize *lengths, gsize n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (gsize i = 0; i < n; i++)
    g_variant_builder_add_value (&builder,
                                 g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, strings[i],
                                                            lengths != NULL ? lengths[i] : strlen (strings[i]), 1));
  return g_variant_builder_end (&builder);
}

static void
add (const char *group, const char *name, guint16 port, GVariant *txt)
{
  call (group, "AddService", g_variant_new ("(iiussssq@aay)", -1, -1, 0, name, TYPE, "", "", port, txt));
}

static void
commit (const char *group)
{
  n_waiting++;
  call (group, "Commit", NULL);
}

static void
flood (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *group = new_group ();
      g_autofree char *name = g_strdup_printf ("Flood %u", i);
      g_autofree char *id = make_id (i);
      g_autofree char *claim = g_strconcat ("id=", id, NULL);
      const char *const strings[] = { "txtvers=1", claim, "proto=1" };

      add (group, name, 7000, make_txt (strings, NULL, 3));
      commit (group);
    }
}

static void
cry_nonsense (void)
{
  static char many[256][4];
  const char *all[256];
  g_autofree char *good = make_id (100000);
  g_autofree char *claim = g_strconcat ("id=", good, NULL);
  g_autofree char *long_id = g_strnfill (250, 'i');
  g_autofree char *group = new_group ();
  const gsize with_zero[] = { 3 + VAV_ID_LENGTH, 8 };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_snprintf (many[i], sizeof many[i], "k%u", i % 100);
      all[i] = many[i];
    }
  long_id[0] = 'i', long_id[1] = 'd', long_id[2] = '=';
  add (group, "Nothing", 1, make_txt (NULL, NULL, 0));
  add (group, "Many", 1, make_txt (all, NULL, G_N_ELEMENTS (all)));
  add (group, "No id", 1, make_txt ((const char *[]){ "id", "proto=1" }, NULL, 2));
  add (group, "Empty id", 1, make_txt ((const char *[]){ "id=", "proto=1" }, NULL, 2));
  add (group, "Long id", 1, make_txt ((const char *[]){ long_id, "proto=1" }, NULL, 2));
  add (group, "Wrong id", 1, make_txt ((const char *[]){ "id=\xff\xfe\x80", "proto=1" }, NULL, 2));
  add (group, "No protocol", 1, make_txt ((const char *[]){ claim }, NULL, 1));
  add (group, "Later protocol", 1, make_txt ((const char *[]){ claim, "proto=2" }, NULL, 2));
  add (group, "Zero", 1, make_txt ((const char *[]){ claim, "proto=1\0" }, with_zero, 2));
  commit (group);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer user_data)
{
  int state;

  g_variant_get (parameters, "(i&s)", &state, NULL);
  if (state == 3 || state == 4)
    g_error ("a group failed: %d", state);
  if (state == 2 && --n_waiting == 0)
    g_print ("established\n");
}

int
main (int argc, char **argv)
{
  g_autofree char *name = NULL;
  g_auto (GStrv) strings = NULL;
  int port = 0;
  int n_flood = 0;
  gboolean nonsense = FALSE;
  const GOptionEntry entries[] = { { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
                                   { "port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
                                   { "flood", 0, 0, G_OPTION_ARG_INT, &n_flood, NULL, NULL },
                                   { "nonsense", 0, 0, G_OPTION_ARG_NONE, &nonsense, NULL, NULL },
                                   { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &strings, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || (bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error)) == NULL)
    g_error ("%s", error->message);
  g_dbus_connection_signal_subscribe (bus, AVAHI, AVAHI ".EntryGroup", "StateChanged", NULL, NULL, 0, on_signal, NULL,
                                      NULL);
  flood ((guint)n_flood);
  if (nonsense)
    cry_nonsense ();
  if (strings != NULL)
    {
      g_autofree char *group = new_group ();

      add (group, name, (guint16)port, make_txt ((const char *const *)strings, NULL, g_strv_length (strings)));
      commit (group);
    }
  g_main_loop_run (loop);
  return 0;
}
