/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A peer that misbehaves, for tests of programs: see --help. */

#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/core/vav-address.h"
#include "rogue.h"

#define CALL "00112233445566778899aabbccddeeff"
#define PATIENCE_MS 15000

static char *connect_to;
static char *listen_on;
static char *pem_file;
static int limit = 60;

static const GOptionEntry entries[] = {
  { "connect", 0, 0, G_OPTION_ARG_STRING, &connect_to, "Be a client", "HOST:PORT" },
  { "listen", 0, 0, G_OPTION_ARG_STRING, &listen_on, "Be a server for one client; prints the port", "HOST:PORT" },
  { "pem", 0, 0, G_OPTION_ARG_FILENAME, &pem_file, "An identity.pem to be, instead of a fresh one", "FILE" },
  { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "Give up after so many seconds (60)", "S" },
  { NULL },
};

static const char summary[]
    = "Modes:\n"
      "  silent        connects and says nothing\n"
      "  plain, http, garbage  talks, but not TLS\n"
      "  tls12, no-cert, other-alpn  shakes hands in a way that must be refused (a server with no-cert shows\n"
      "                a certificate that is not self-signed)\n"
      "  no-hello      shakes hands, then says nothing\n"
      "  huge-frame, deep-json, bad-utf8, unknown-type, wrong-order  says hello, then that\n"
      "  script        says hello, then sends each line of stdin as a message (seq is put in), prints what comes as "
      "lines;\n"
      "                pings are answered. !wait TYPE waits for the next message of that type, !sleep MS waits, !bye "
      "ends in\n"
      "                order, !eof without close_notify, !reset with a reset\n"
      "  bare          as script, but without the hello\n"
      "At last it prints {\"rogue\":\"end\",\"how\":\"…\"}: how the other side ended: bye, eof, reset, alert or none.";

static void
say (const char *what, const char *key, const char *value)
{
  printf ("{\"rogue\":\"%s\",\"%s\":\"%s\"}\n", what, key, value != NULL ? value : "");
  fflush (stdout);
}

static void
print_line (const char *text)
{
  puts (text);
  fflush (stdout);
}

/* what they say */

typedef void (*Act) (Rogue *rogue);

static void
act_plain (Rogue *rogue)
{
  rogue_send_plain (rogue, "hello, anybody there?\n", 22);
}

static void
act_http (Rogue *rogue)
{
  static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  rogue_send_plain (rogue, text, strlen (text));
}

static void
act_garbage (Rogue *rogue)
{
  guint8 bytes[4096];

  /* always the same; begins as a handshake record, so that more than the first byte is looked at */
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)(i * 167 + 13);
  memcpy (bytes, "\x16\x03\x01\x02\x00", 5);
  rogue_send_plain (rogue, bytes, sizeof bytes);
}

static void
act_huge_frame (Rogue *rogue)
{
  rogue_send_bytes (rogue, "\xff\xff\xff\xff", 4);
}

static void
act_deep_json (Rogue *rogue)
{
  g_autofree char *brackets = g_strnfill (200 * 1000, '[');

  rogue_send_frame (rogue, brackets);
}

static void
act_bad_utf8 (Rogue *rogue)
{
  rogue_send_frame (rogue, "{\"seq\":2,\"type\":\"ping\",\"token\":\"\xff\xfe\"}");
}

static void
act_unknown_type (Rogue *rogue)
{
  g_autofree char *answer = NULL;

  rogue_send_message (rogue, "{\"type\":\"dance\"}");
  answer = rogue_receive (rogue, PATIENCE_MS); /* hello, then the answer */
  g_free (answer);
  answer = rogue_receive (rogue, PATIENCE_MS);
  if (answer != NULL)
    print_line (answer);
  if (rogue_get_end (rogue) == ROGUE_END_NONE)
    rogue_bye (rogue);
}

/* A caller who accepts, a called one who withdraws. */
static void
act_wrong_order (Rogue *rogue)
{
  rogue_send_message (rogue, connect_to != NULL ? "{\"type\":\"accept\",\"call\":\"" CALL "\"}"
                                                : "{\"type\":\"withdraw\",\"call\":\"" CALL "\"}");
}

/* script */

static char *waiting_for;
static GString *seen; /* what came and was not waited for yet */

/* Messages that came before the waiting began count too. */
static void
look_for (void)
{
  char *found = waiting_for != NULL ? strstr (seen->str, waiting_for) : NULL;

  if (found == NULL)
    return;
  g_string_erase (seen, 0, found - seen->str + (gssize)strlen (waiting_for));
  g_clear_pointer (&waiting_for, g_free);
}

static void
take_frames (Rogue *rogue)
{
  char *text;

  while ((text = rogue_receive (rogue, 0)) != NULL)
    {
      print_line (text);
      if (strstr (text, "\"type\":\"ping\"") != NULL)
        rogue_send_message (rogue, "{\"type\":\"pong\"}");
      g_string_append (seen, text);
      g_free (text);
    }
  look_for ();
}

/* FALSE: it has gone. */
static gboolean
take_line (Rogue *rogue, const char *line)
{
  if (g_str_has_prefix (line, "!wait "))
    {
      waiting_for = g_strdup_printf ("\"type\":\"%s\"", line + 6);
      look_for ();
    }
  else if (g_str_has_prefix (line, "!sleep "))
    g_usleep ((gulong)atoi (line + 7) * 1000);
  else if (strcmp (line, "!bye") == 0)
    rogue_bye (rogue);
  else if (strcmp (line, "!eof") == 0)
    rogue_eof (rogue);
  else if (strcmp (line, "!reset") == 0)
    rogue_reset (rogue);
  else if (*line != '\0')
    rogue_send_message (rogue, line);
  return rogue_get_fd (rogue) >= 0;
}

/* FALSE: it has gone. */
static gboolean
take_lines (Rogue *rogue, GString *input)
{
  char *end;

  while (waiting_for == NULL && (end = strchr (input->str, '\n')) != NULL)
    {
      g_autofree char *line = g_strndup (input->str, (gsize)(end - input->str));

      g_string_erase (input, 0, end + 1 - input->str);
      if (!take_line (rogue, line))
        return FALSE;
    }
  return TRUE;
}

static void
act_script (Rogue *rogue)
{
  g_autoptr (GString) input = g_string_new (NULL);
  struct pollfd pollers[2] = { { rogue_get_fd (rogue), POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };

  for (;;)
    {
      char buffer[4096];
      gssize n;

      take_frames (rogue);
      if (rogue_get_end (rogue) != ROGUE_END_NONE || !take_lines (rogue, input))
        return;
      if (poll (pollers, 2, -1) < 0 || pollers[1].revents == 0)
        continue;
      n = read (STDIN_FILENO, buffer, sizeof buffer);
      if (n > 0)
        g_string_append_len (input, buffer, n);
      else
        pollers[1].fd = -1;
    }
}

/* modes */

typedef struct
{
  const char *name;
  Act before_tls; /* instead of TLS */
  gboolean tls;
  gboolean hello;
  Act after_hello;
  RogueStyle style;
} Mode;

static const Mode modes[] = {
  { "silent" },
  { "plain", act_plain },
  { "http", act_http },
  { "garbage", act_garbage },
  { "tls12", NULL, TRUE, FALSE, NULL, { "NORMAL:-VERS-ALL:+VERS-TLS1.2", "visavis/1" } },
  { "no-cert", NULL, TRUE, FALSE, NULL, { NULL, "visavis/1", NULL, TRUE } },
  { "other-alpn", NULL, TRUE, FALSE, NULL, { NULL, "h2" } },
  { "no-hello", NULL, TRUE, FALSE, NULL, { NULL, "visavis/1" } },
  { "huge-frame", NULL, TRUE, TRUE, act_huge_frame, { NULL, "visavis/1" } },
  { "deep-json", NULL, TRUE, TRUE, act_deep_json, { NULL, "visavis/1" } },
  { "bad-utf8", NULL, TRUE, TRUE, act_bad_utf8, { NULL, "visavis/1" } },
  { "unknown-type", NULL, TRUE, TRUE, act_unknown_type, { NULL, "visavis/1" } },
  { "wrong-order", NULL, TRUE, TRUE, act_wrong_order, { NULL, "visavis/1" } },
  { "script", NULL, TRUE, TRUE, act_script, { NULL, "visavis/1" } },
  { "bare", NULL, TRUE, FALSE, act_script, { NULL, "visavis/1" } },
};

static const Mode *
find_mode (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_strcmp0 (modes[i].name, name) == 0)
      return &modes[i];
  return NULL;
}

static void
run_tls (const Mode *mode, Rogue *rogue)
{
  g_autofree char *pem = NULL;
  g_autofree char *id = NULL;
  RogueStyle style = mode->style;

  if (pem_file != NULL && g_file_get_contents (pem_file, &pem, NULL, NULL))
    style.pem = pem;
  if (!rogue_handshake (rogue, &style))
    return;
  id = rogue_dup_peer_id (rogue);
  say ("connected", "id", id);
  if (mode->hello)
    rogue_send_hello (rogue);
  if (mode->after_hello != NULL)
    mode->after_hello (rogue);
}

static void
run (const Mode *mode, int fd)
{
  g_autoptr (Rogue) rogue = rogue_new (fd, listen_on != NULL);

  if (mode->before_tls != NULL)
    mode->before_tls (rogue);
  if (mode->tls)
    run_tls (mode, rogue);
  if (rogue_get_fd (rogue) >= 0)
    rogue_await_end (rogue, limit * 1000);
  say ("end", "how", rogue_end_to_string (rogue_get_end (rogue)));
}

static int
open_connection (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  guint16 port;
  int listener;
  int fd;

  if (!vav_address_parse_listen (connect_to != NULL ? connect_to : listen_on, &host, &port, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return -1;
    }
  if (connect_to != NULL)
    return rogue_connect (host, port);
  listener = rogue_listen (host, &port);
  if (listener < 0)
    return -1;
  printf ("%u\n", port);
  fflush (stdout);
  fd = accept (listener, NULL, NULL);
  close (listener);
  return fd;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("MODE");
  g_autoptr (GError) error = NULL;
  const Mode *mode;
  int fd;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  mode = argc == 2 ? find_mode (argv[1]) : NULL;
  if (mode == NULL || (connect_to == NULL) == (listen_on == NULL))
    {
      fprintf (stderr, "Give a mode, and --connect or --listen\n");
      return 2;
    }
  seen = g_string_new (NULL);
  signal (SIGPIPE, SIG_IGN);
  alarm ((guint)limit);
  fd = open_connection ();
  if (fd < 0)
    {
      fprintf (stderr, "No connection\n");
      return 4;
    }
  run (mode, fd);
  return 0;
}
