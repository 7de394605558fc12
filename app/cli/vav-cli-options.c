/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-options.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/vav-cli-site.h"
#include "app/service/vav-app-profile.h"

/* A call of more than a year is a slip of the finger. */
#define MAX_SECONDS (366.0 * 24 * 3600)
#define MAX_LINGER (60 * 60 * 1000)
#define MAX_CALLS 1000000
/* As many as may be offered at the same time. */
#define MAX_FILES 256
/* Longer, the library closes by itself. */
#define MAX_HOLD_CLOSE (30 * 1000)

/* What the options write to while they are read; then checked into VavCliOptions. Static as GOptionEntry needs constant addresses. */
static struct
{
  char *profile, *listen, *media, *media_ports, *stun, *turn, *broker, *data, *bye_data, *identifier, *on_closing,
      *save;
  char *duration, *linger, *calls, *hold_close;
  gboolean json, relay_only, no_direct, timeline, help, accept, reject, defer, ask, anyone, findable, all, nearby;
  GArray *flow_changes;
  GPtrArray *texts, *files;
} raw;

static gboolean usage_error (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
usage_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, arguments);
  va_end (arguments);

  return FALSE;
}

/* FLOWS@S */
static gboolean
on_flow_change (const char *name, const char *value, gpointer user_data, GError **error)
{
  const char *at = strrchr (value, '@');
  g_autofree char *flows = at != NULL ? g_strndup (value, (gsize)(at - value)) : NULL;
  VavCliFlowChange change = { .play = strcmp (name, "--play") == 0 };
  char *end = NULL;

  if (at != NULL)
    change.seconds = g_ascii_strtod (at + 1, &end);
  if (at == NULL || end == at + 1 || *end != '\0' || !(change.seconds >= 0 && change.seconds <= MAX_SECONDS))
    return usage_error (error, _ ("%s takes flows and a time in seconds, like video-out@2.5; “%s” is not that."), name,
                        value);
  if (*flows == '\0' || !vav_flows_from_string (flows, &change.flows, error))
    return *flows != '\0' ? FALSE : usage_error (error, _ ("%s needs at least one flow, like video-out@2.5."), name);

  g_array_append_val (raw.flow_changes, change);
  return TRUE;
}

static gboolean
on_text (const char *name, const char *value, gpointer user_data, GError **error)
{
  if (*value == '\0' || !g_utf8_validate (value, -1, NULL) || strlen (value) > VAV_MAX_TEXT)
    return usage_error (error, _ ("--text takes a text in UTF-8, not empty and of at most 16 KiB."));

  g_ptr_array_add (raw.texts, g_strdup (value));
  return TRUE;
}

/* Looked at before anything is dialled; whether it can be sent then is told when it is. */
static gboolean
on_file (const char *name, const char *value, gpointer user_data, GError **error)
{
  g_autofree char *shown = g_filename_display_name (value);

  if (!g_file_test (value, G_FILE_TEST_EXISTS))
    return usage_error (error, _ ("There is no file “%s”."), shown);
  if (!g_file_test (value, G_FILE_TEST_IS_REGULAR))
    return usage_error (error, _ ("“%s” is no file that can be sent: no folders and no devices."), shown);
  if (g_access (value, R_OK) != 0)
    return usage_error (error, _ ("The file “%s” cannot be read."), shown);
  if (raw.files->len == MAX_FILES)
    return usage_error (error, _ ("--file can be given at most %d times."), MAX_FILES);

  g_ptr_array_add (raw.files, g_strdup (value));
  return TRUE;
}

/* Texts are read as file names, that is as bytes: what a person types in any locale arrives unchanged. */
static const GOptionEntry common_entries[] = {
  { "profile", 0, 0, G_OPTION_ARG_FILENAME, &raw.profile, N_ ("The folder with your key and people"), N_ ("DIR") },
  { "json", 0, 0, G_OPTION_ARG_NONE, &raw.json, N_ ("Tell what happens as JSON, one event a line"), NULL },
  { "listen", 0, 0, G_OPTION_ARG_FILENAME, &raw.listen, N_ ("Where to wait for calls; port 0 means any"),
    N_ ("HOST:PORT") },
  { "media", 0, 0, G_OPTION_ARG_FILENAME, &raw.media,
    N_ ("Picture and sound: auto (your devices), test, none, or a media file"), N_ ("test|auto|none|FILE") },
  { "media-ports", 0, 0, G_OPTION_ARG_FILENAME, &raw.media_ports,
    N_ ("The UDP ports for picture and sound, like 50000-50100"), N_ ("FIRST-LAST") },
  { "timeline", 0, 0, G_OPTION_ARG_NONE, &raw.timeline, N_ ("Tell on stderr when each step of a call came"), NULL },
  { "stun", 0, 0, G_OPTION_ARG_FILENAME, &raw.stun, N_ ("A server that tells the public address: stun://HOST:PORT"),
    N_ ("URL") },
  { "turn", 0, 0, G_OPTION_ARG_FILENAME, &raw.turn, N_ ("A relay: turn://USER:PASS@HOST:PORT[?transport=tcp]"),
    N_ ("URL") },
  { "relay-only", 0, 0, G_OPTION_ARG_NONE, &raw.relay_only, N_ ("Let picture and sound travel over the relay only"),
    NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, &raw.help, N_ ("Show this help"), NULL },
  { "broker", 0, 0, G_OPTION_ARG_FILENAME, &raw.broker,
    N_ ("A meeting server (an MQTT broker): mqtts://USER:PASS@HOST[:PORT], mqtt://, or an invitation’s link"),
    N_ ("URL") },
  { "no-direct", 0, 0, G_OPTION_ARG_NONE, &raw.no_direct, N_ ("Call and be called by the meeting server only"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* The first so many of them are of use to commands that make no call, too. */
#define N_EVERYWHERE 2

#define save_help N_ ("Take the files that the other side offers into this folder; without it they are refused")

#define identifier_entry                                                                                               \
  {                                                                                                                    \
    "identifier", 0, 0, G_OPTION_ARG_FILENAME, &raw.identifier, N_ ("The name that the other side sees"), N_ ("NAME")  \
  }

static const GOptionEntry answer_entries[] = {
  identifier_entry,
  { "accept", 0, 0, G_OPTION_ARG_NONE, &raw.accept, N_ ("Accept every call, from anyone"), NULL },
  { "reject", 0, 0, G_OPTION_ARG_NONE, &raw.reject, N_ ("Reject every call"), NULL },
  { "defer", 0, 0, G_OPTION_ARG_NONE, &raw.defer, N_ ("Accept every call after 3 seconds, without ringing"), NULL },
  { "ask", 0, 0, G_OPTION_ARG_NONE, &raw.ask, N_ ("Let it ring, and read “accept” or “reject”, and data, from stdin"),
    NULL },
  { "anyone", 0, 0, G_OPTION_ARG_NONE, &raw.anyone, N_ ("Accept unknown callers too, not only your people"), NULL },
  { "findable", 0, 0, G_OPTION_ARG_NONE, &raw.findable,
    N_ ("Let everybody in the local network see the name, the id and where to call"), NULL },
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &raw.data, N_ ("Goes with the answer"), N_ ("TEXT|@FILE") },
  { "bye-data", 0, 0, G_OPTION_ARG_FILENAME, &raw.bye_data, N_ ("Goes with the goodbye"), N_ ("TEXT|@FILE") },
  { "calls", 0, 0, G_OPTION_ARG_FILENAME, &raw.calls, N_ ("End after so many calls, with the status of the worst"),
    N_ ("N") },
  { "hold-close", 0, 0, G_OPTION_ARG_FILENAME, &raw.hold_close,
    N_ ("When the other side hangs up: wait so many milliseconds before the goodbye, and again before the close"),
    N_ ("MS") },
  { "on-closing", 0, 0, G_OPTION_ARG_FILENAME, &raw.on_closing,
    N_ ("A shell command that reads the other side’s goodbye data and writes ours; has VISAVIS_VALUE, "
        "VISAVIS_PEER_ID and VISAVIS_PEER_NAME"),
    N_ ("COMMAND") },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &raw.save, save_help, N_ ("DIR") },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry call_entries[] = {
  identifier_entry,
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &raw.data, N_ ("Goes with the request"), N_ ("TEXT|@FILE") },
  { "bye-data", 0, 0, G_OPTION_ARG_FILENAME, &raw.bye_data, N_ ("Goes with the goodbye"), N_ ("TEXT|@FILE") },
  { "duration", 0, 0, G_OPTION_ARG_FILENAME, &raw.duration, N_ ("Hang up after so many seconds in the call"),
    N_ ("SECONDS") },
  { "linger", 0, 0, G_OPTION_ARG_FILENAME, &raw.linger,
    N_ ("How long the goodbye may take before the call is cut; 0: no goodbye, -1: as long as it takes"), N_ ("MS") },
  { "stop", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer)on_flow_change,
    N_ ("Stop flows (audio-in, audio-out, video-in, video-out) after S seconds in the call"), N_ ("FLOWS@S") },
  { "play", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer)on_flow_change,
    N_ ("Resume flows after S seconds in the call"), N_ ("FLOWS@S") },
  { "text", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer)on_text,
    N_ ("Write to the other side when the call is up; may be given several times"), N_ ("LINE") },
  { "file", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer)on_file,
    N_ ("Offer a file to the other side when the call is up; may be given several times"), N_ ("PATH") },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &raw.save, save_help, N_ ("DIR") },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry dial_entries[] = {
  identifier_entry,
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &raw.data, N_ ("Goes with the request"), N_ ("TEXT|@FILE") },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry people_entries[] = {
  { "nearby", 0, 0, G_OPTION_ARG_NONE, &raw.nearby, N_ ("Look for people in the local network who want to be found"),
    NULL },
  { "duration", 0, 0, G_OPTION_ARG_FILENAME, &raw.duration,
    N_ ("Look (--nearby), or listen (--broker), for so many seconds; 3 unless given"), N_ ("SECONDS") },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry hang_up_entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &raw.all, N_ ("End all calls"), NULL },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry *
vav_cli_options_answer (void)
{
  return answer_entries;
}

const GOptionEntry *
vav_cli_options_call (void)
{
  return call_entries;
}

const GOptionEntry *
vav_cli_options_dial (void)
{
  return dial_entries;
}

const GOptionEntry *
vav_cli_options_people (void)
{
  return people_entries;
}

const GOptionEntry *
vav_cli_options_hang_up (void)
{
  return hang_up_entries;
}

static void
reset_raw (void)
{
  g_free (raw.profile);
  g_free (raw.listen);
  g_free (raw.media);
  g_free (raw.stun);
  g_free (raw.turn);
  g_free (raw.media_ports);
  g_free (raw.broker);
  g_free (raw.data);
  g_free (raw.bye_data);
  g_free (raw.identifier);
  g_free (raw.on_closing);
  g_free (raw.save);
  g_free (raw.duration);
  g_free (raw.linger);
  g_free (raw.calls);
  g_free (raw.hold_close);
  g_clear_pointer (&raw.flow_changes, g_array_unref);
  g_clear_pointer (&raw.texts, g_ptr_array_unref);
  g_clear_pointer (&raw.files, g_ptr_array_unref);
  memset (&raw, 0, sizeof raw);
  raw.flow_changes = g_array_new (FALSE, FALSE, sizeof (VavCliFlowChange));
  raw.texts = g_ptr_array_new_with_free_func (g_free);
  raw.files = g_ptr_array_new_with_free_func (g_free);
}

int
vav_cli_options_find_command (char **argv, gboolean *help, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) rest = g_strdupv (argv);

  reset_raw ();
  g_option_context_add_main_entries (context, common_entries, GETTEXT_PACKAGE);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse_strv (context, &rest, error))
    return -1;

  /* what is left are the program's name, the command and all after it */
  *help = raw.help;
  if (raw.help || g_strv_length (rest) < 2)
    return 0;
  return (int)(g_strv_length (argv) - g_strv_length (rest) + 1);
}

static gboolean
read_data (const char *option, const char *text, GBytes **data, GError **error)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) local = NULL;
  gsize size;

  if (text == NULL)
    return TRUE;

  if (*text != '@')
    *data = g_bytes_new (text, strlen (text));
  else if (!g_file_get_contents (text + 1, &contents, &size, &local))
    return usage_error (error, _ ("The file for %s cannot be read: %s."), option, local->message);
  else
    *data = g_bytes_new_take (g_steal_pointer (&contents), size);

  if (g_bytes_get_size (*data) > VAV_MAX_DATA)
    return usage_error (error, _ ("The data for %s is too long: at most 64 KiB can be sent."), option);
  return TRUE;
}

static gboolean
check_media (VavCliOptions *self, GError **error)
{
  static const char *const words[] = { "test", "auto", "none", NULL };
  const char *environment = g_getenv ("VISAVIS_MEDIA");
  const char *media = raw.media;

  if (media == NULL)
    media = environment != NULL && *environment != '\0' ? environment : "auto";
  if (!g_strv_contains (words, media) && !g_file_test (media, G_FILE_TEST_IS_REGULAR))
    return usage_error (error, _ ("There is no media file “%s”. --media takes test, auto, none, or a file."), media);

  self->media = g_strdup (media);
  return TRUE;
}

static gboolean
check_listen (VavCliOptions *self, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port;

  self->listen = g_strdup (raw.listen);
  return raw.listen == NULL || vav_address_parse_listen (raw.listen, &host, &port, error);
}

static gboolean
check_decision (VavCliOptions *self, GError **error)
{
  if (raw.accept + raw.reject + raw.defer + raw.ask > 1)
    return usage_error (error, _ ("Only one of --accept, --reject, --defer and --ask can be given."));

  if (raw.accept)
    self->decision = VAV_CLI_DECIDE_ACCEPT;
  else if (raw.reject)
    self->decision = VAV_CLI_DECIDE_REJECT;
  else if (raw.defer)
    self->decision = VAV_CLI_DECIDE_DEFER;
  else if (raw.ask)
    self->decision = VAV_CLI_DECIDE_ASK;
  else
    self->decision = raw.anyone ? VAV_CLI_DECIDE_ACCEPT : VAV_CLI_DECIDE_PEOPLE;

  return TRUE;
}

/* Read here and not by GOption, whose words on what is no number are for programmers. */
static gboolean
read_number (const char *text, double min, double max, gboolean whole, double *value)
{
  char *end = NULL;

  if (text == NULL)
    return TRUE;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *value >= min && *value <= max && (!whole || *value == floor (*value));
}

static gboolean
check_numbers (VavCliOptions *self, GError **error)
{
  double duration = 0, linger = -1, calls = 0, hold_close = 0;

  if (!read_number (raw.duration, 0, MAX_SECONDS, FALSE, &duration) || (raw.duration != NULL && duration == 0))
    return usage_error (error, _ ("--duration takes a number of seconds above 0."));
  if (!read_number (raw.linger, -1, MAX_LINGER, TRUE, &linger))
    return usage_error (error, _ ("--linger takes -1, 0, or a number of milliseconds up to an hour."));
  if (!read_number (raw.calls, 1, MAX_CALLS, TRUE, &calls))
    return usage_error (error, _ ("--calls takes a number of calls above 0."));
  if (!read_number (raw.hold_close, 0, MAX_HOLD_CLOSE, TRUE, &hold_close))
    return usage_error (error, _ ("--hold-close takes a number of milliseconds up to 30000."));
  if (raw.on_closing != NULL && *raw.on_closing == '\0')
    return usage_error (error, _ ("--on-closing takes a command."));

  self->duration = duration;
  self->linger = (int)linger;
  self->calls = (int)calls;
  self->hold_close = (int)hold_close;
  self->on_closing = g_strdup (raw.on_closing);
  return TRUE;
}

static gboolean
check_identifier (VavCliOptions *self, GError **error)
{
  if (raw.identifier != NULL && (!g_utf8_validate (raw.identifier, -1, NULL) || strlen (raw.identifier) > VAV_MAX_NAME))
    return usage_error (error, _ ("--identifier takes a name in UTF-8 of at most 128 bytes."));

  self->identifier = g_strdup (raw.identifier);
  return TRUE;
}

/* In the place of a meeting server: all the servers of an invitation, but for those that are given by themselves. */
static gboolean
take_invitation (VavCliOptions *self, GError **error)
{
  char **options[VAV_N_SERVER_KINDS] = {
    [VAV_SERVER_BROKER] = &self->broker,
    [VAV_SERVER_STUN] = &self->stun,
    [VAV_SERVER_TURN] = &self->turn,
  };
  g_autoptr (VavCard) card = NULL;

  if (self->broker == NULL || g_ascii_strncasecmp (self->broker, "visavis:", 8) != 0)
    return TRUE;
  card = vav_card_parse (self->broker, NULL);
  if (card == NULL || card->servers[VAV_SERVER_BROKER] == NULL)
    return usage_error (error, _ ("This link names no meeting server; an invitation does: visavis:?broker=URL."));

  g_clear_pointer (&self->broker, g_free);
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    if (*options[kind] == NULL)
      *options[kind] = g_strdup (card->servers[kind]);
  return TRUE;
}

static gboolean
check_relay (const VavCliOptions *self, const VavCliCommand *command, GError **error)
{
  if (command->calls && raw.relay_only && self->turn == NULL)
    return usage_error (error, _ ("--relay-only needs a relay: --turn turn://USER:PASS@HOST:PORT."));
  if (command->calls && raw.no_direct && self->broker == NULL)
    return usage_error (error, _ ("--no-direct needs a meeting server: --broker mqtts://USER:PASS@HOST."));

  return TRUE;
}

/* The last of the checks, as it makes the folder. */
static gboolean
check_save (VavCliOptions *self, GError **error)
{
  g_autofree char *shown = NULL;

  if (raw.save == NULL)
    return TRUE;

  shown = g_filename_display_name (raw.save);
  self->save = g_canonicalize_filename (raw.save, NULL);
  if (*raw.save == '\0' || g_mkdir_with_parents (self->save, 0700) != 0 || !g_file_test (self->save, G_FILE_TEST_IS_DIR)
      || g_access (self->save, W_OK | X_OK) != 0)
    return usage_error (error, _ ("“%s” is no folder that files can be saved in."), shown);

  return TRUE;
}

static gboolean
check_arguments (VavCliOptions *self, const VavCliCommand *command, GError **error)
{
  if (self->n_arguments < command->min_arguments)
    return usage_error (error, _ ("Something is missing: visavis-cli %s %s."), command->name, _ (command->usage));
  if (self->n_arguments > command->max_arguments)
    return usage_error (error, _ ("“%s” is too much for “%s”."), self->arguments[command->max_arguments],
                        command->name);

  for (guint i = 0; i < self->n_arguments; i++)
    if (!g_utf8_validate (self->arguments[i], -1, NULL))
      return usage_error (error, _ ("An argument is not valid UTF-8."));

  return TRUE;
}

/* Every command takes these, so that one line of options does for all; its help tells only those that change what it does. */
static void
add_common_entries (GOptionContext *context, gboolean calls)
{
  GOptionEntry entries[G_N_ELEMENTS (common_entries)];

  memcpy (entries, common_entries, sizeof entries);
  for (guint i = N_EVERYWHERE; !calls && strcmp (entries[i].long_name, "help") != 0; i++)
    entries[i].flags |= G_OPTION_FLAG_HIDDEN;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static GOptionContext *
make_context (const VavCliCommand *command)
{
  GOptionContext *context = g_option_context_new (*command->usage != '\0' ? _ (command->usage) : NULL);

  if (command->entries != NULL)
    g_option_context_add_main_entries (context, command->entries (), GETTEXT_PACKAGE);
  add_common_entries (context, command->calls);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, _ (command->summary));

  return context;
}

/* The arguments after the name of the command, without the `--` that may stand between. */
static void
take_arguments (VavCliOptions *self, char **rest)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean named = FALSE;

  for (guint i = 1; rest[i] != NULL; i++)
    if (!named)
      named = TRUE;
    else if (strcmp (rest[i], "--") != 0 || self->n_arguments > 0)
      {
        g_strv_builder_add (builder, rest[i]);
        self->n_arguments++;
      }

  self->arguments = g_strv_builder_end (builder);
}

VavCliOptions *
vav_cli_options_parse (const VavCliCommand *command, char **argv, char **help, GError **error)
{
  g_autoptr (GOptionContext) context = make_context (command);
  g_autoptr (VavCliOptions) self = g_new0 (VavCliOptions, 1);
  g_auto (GStrv) rest = g_strdupv (argv);
  g_autofree char *prgname = g_strconcat ("visavis-cli ", command->name, NULL);

  reset_raw ();
  if (!g_option_context_parse_strv (context, &rest, error))
    return NULL;
  if (raw.help)
    {
      g_set_prgname (prgname);
      *help = g_option_context_get_help (context, TRUE, NULL);
      g_set_prgname ("visavis-cli");
      return NULL;
    }

  take_arguments (self, rest);
  self->profile = vav_app_profile_dup_dir (raw.profile);
  self->json = raw.json;
  self->stun = g_strdup (raw.stun);
  self->turn = g_strdup (raw.turn);
  self->media_ports = g_strdup (raw.media_ports);
  self->broker = g_strdup (raw.broker);
  self->no_direct = raw.no_direct;
  self->timeline = raw.timeline;
  self->relay_only = raw.relay_only;
  self->all = raw.all;
  self->findable = raw.findable;
  self->nearby = raw.nearby;
  self->flow_changes = g_array_ref (raw.flow_changes);
  self->texts = g_ptr_array_ref (raw.texts);
  self->files = g_ptr_array_ref (raw.files);

  if (!check_arguments (self, command, error) || !check_media (self, error) || !check_listen (self, error)
      || !check_decision (self, error) || !check_numbers (self, error) || !check_identifier (self, error)
      || !take_invitation (self, error)
      || ((command->calls || self->broker != NULL) && !vav_cli_site_apply (self, error))
      || !check_relay (self, command, error) || !read_data ("--data", raw.data, &self->data, error)
      || !read_data ("--bye-data", raw.bye_data, &self->bye_data, error) || !check_save (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
vav_cli_options_free (VavCliOptions *self)
{
  g_free (self->profile);
  g_free (self->listen);
  g_free (self->media);
  g_free (self->stun);
  g_free (self->turn);
  g_free (self->media_ports);
  g_free (self->broker);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->bye_data, g_bytes_unref);
  g_free (self->identifier);
  g_free (self->on_closing);
  g_clear_pointer (&self->flow_changes, g_array_unref);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self->save);
  g_strfreev (self->arguments);
  g_free (self);
}
