/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/service/vav-app-site.h"

#include <string.h>

#define PLACE "/etc/xdg/visavis/site.conf"

static VavAppSite *
parse (const char *text)
{
  return vav_app_site_parse (PLACE, text, strlen (text));
}

/* What is given and what is locked is read, with all that people write around it. */
static void
test_whole (void)
{
  g_autoptr (VavAppSite) site
      = parse ("# from the help desk\r\n\r\n[Servers]\r\n broker = mqtts://us:secret@meet.example\r\n"
               "stun=stun://relay.example:3478\r\nlocked = broker; turn ,\r\n");

  g_assert_cmpuint (site->faults->len, ==, 0);
  g_assert_cmpstr (site->servers[VAV_SERVER_BROKER], ==, "mqtts://us:secret@meet.example");
  g_assert_cmpstr (site->servers[VAV_SERVER_STUN], ==, "stun://relay.example:3478");
  g_assert_null (site->servers[VAV_SERVER_TURN]);
  g_assert_true (site->locked[VAV_SERVER_BROKER]);
  g_assert_false (site->locked[VAV_SERVER_STUN]);
  g_assert_true (site->locked[VAV_SERVER_TURN]);
}

/* Each line that makes no sense is told with the file and its number, no secret is repeated, and the other lines count. */
static void
test_faults (void)
{
  static const struct
  {
    const char *line;
    const char *told;
  } cases[] = {
    { "broker=https://us:secret@meet.example", "“broker”" },
    { "turn=turn://secret@relay.example", "“turn”" },
    { "stun=stun://two words", "“stun”" },
    { "brokr=mqtt://meet.example", "“brokr”" },
    { "locked=broker;relay", "“relay”" },
    { "no setting", "KEY=VALUE" },
    { "turn://us:secret@relay.example?transport=tcp", "KEY=VALUE" },
    { "locked=turn://us:secret@relay.example", "“…”" },
    { "[Server]", "[Servers]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("[Servers]\n%s\nstun=stun://relay.example\n", cases[i].line);
      g_autoptr (VavAppSite) site = parse (text);
      const char *fault;

      g_test_message ("%s", cases[i].line);
      g_assert_cmpuint (site->faults->len, ==, 1);
      fault = site->faults->pdata[0];
      g_test_message ("%s", fault);
      g_assert_nonnull (strstr (fault, PLACE ", line 2: "));
      g_assert_nonnull (strstr (fault, cases[i].told));
      g_assert_null (strstr (fault, "secret"));
      g_assert_cmpstr (site->servers[VAV_SERVER_STUN], ==, "stun://relay.example");
    }
}

/* Without the group it is told once, and what is meant counts; the second of two is told and does not. */
static void
test_careless (void)
{
  g_autoptr (VavAppSite) site = parse ("stun=stun://one.example\nstun=stun://two.example\n");

  g_assert_cmpuint (site->faults->len, ==, 2);
  g_assert_nonnull (strstr (site->faults->pdata[0], "line 1: "));
  g_assert_nonnull (strstr (site->faults->pdata[1], "line 2: "));
  g_assert_cmpstr (site->servers[VAV_SERVER_STUN], ==, "stun://one.example");
}

/* A file of another kind, or an endless one, costs little and is told in few words. */
static void
test_caps (void)
{
  g_autofree char *large = g_strnfill (VAV_APP_SITE_MAX_FILE + 1, 'x');
  g_autofree char *line = g_strnfill (VAV_APP_SITE_MAX_LINE + 1, 'x');
  g_autofree char *lines = g_strnfill (VAV_APP_SITE_MAX_FILE, '[');
  g_autoptr (VavAppSite) too_large = parse (large);
  g_autoptr (VavAppSite) too_long = parse (line);
  g_autoptr (VavAppSite) binary = vav_app_site_parse (PLACE, "[Servers]\n\0\xff", 12);
  g_autoptr (VavAppSite) many = NULL;

  for (guint i = 1; i < VAV_APP_SITE_MAX_FILE; i += 2)
    lines[i] = '\n';
  many = parse (lines);
  g_assert_cmpuint (too_large->faults->len, ==, 1);
  g_assert_cmpuint (too_long->faults->len, ==, 1);
  g_assert_cmpuint (binary->faults->len, ==, 1);
  g_assert_cmpuint (many->faults->len, >, 1);
  g_assert_cmpuint (many->faults->len, <, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/whole", test_whole);
  g_test_add_func ("/site/faults", test_faults);
  g_test_add_func ("/site/careless", test_careless);
  g_test_add_func ("/site/caps", test_caps);
  return g_test_run ();
}
