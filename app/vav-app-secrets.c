/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-secrets.h"

#include <string.h>

#include "app/service/vav-app-keyring.h"

static const char *const keys[VAV_N_SERVER_KINDS] = { "broker", "stun", "turn" };

typedef struct
{
  char *bare;     /* nullable: there is no such server; without the password, if that could be told apart */
  char *password; /* nullable */
  VavAppSecretsPlace place;
  GError *error;  /* nullable */
  GQueue old;     /* of addresses whose passwords the keyring is to forget */
  gboolean busy;  /* a job is under way */
  gboolean again; /* what it is about is not what counts any more */
} Server;

struct _VavAppSecrets
{
  GObject parent_instance;

  VavAppSettings *settings; /* borrowed; NULL: closed */
  char *profile;
  Server servers[VAV_N_SERVER_KINDS];
};

G_DEFINE_FINAL_TYPE (VavAppSecrets, vav_app_secrets, G_TYPE_OBJECT)

static guint changed_signal;

/* One question to the keyring; one at a time about each server, so that the last word is the last that is stored. */
typedef struct
{
  VavAppSecrets *secrets; /* owned */
  VavServerKind kind;
  char *bare;
} Job;

static void begin (VavAppSecrets *self, VavServerKind kind);

static void
job_free (Job *self)
{
  g_object_unref (self->secrets);
  g_free (self->bare);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
forget (char **password)
{
  if (*password != NULL)
    memset (*password, 0, strlen (*password));
  g_clear_pointer (password, g_free);
}

static void
keep (VavAppSecrets *self, VavServerKind kind, gboolean with_password)
{
  Server *server = &self->servers[kind];
  g_autofree char *whole
      = with_password && server->password != NULL ? vav_app_keyring_join (server->bare, server->password) : NULL;

  vav_app_settings_set_string (self->settings, keys[kind], whole != NULL ? whole : server->bare);
  forget (&whole);
}

static void
settle (VavAppSecrets *self, VavServerKind kind, VavAppSecretsPlace place, const GError *error)
{
  Server *server = &self->servers[kind];

  server->place = place;
  g_clear_error (&server->error);
  server->error = error != NULL ? g_error_copy (error) : NULL;
  g_signal_emit (self, changed_signal, 0, kind);
}

/* Returns: whether the answer is about what still counts */
static gboolean
end_job (Job *job)
{
  VavAppSecrets *self = job->secrets;
  Server *server = &self->servers[job->kind];
  gboolean again = server->again;

  server->busy = server->again = FALSE;
  if (self->settings == NULL)
    return FALSE;
  if (again)
    {
      g_queue_push_tail (&server->old, g_strdup (job->bare));
      begin (self, job->kind);
    }
  return !again;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;

  job->secrets->servers[job->kind].again = FALSE;
  if (end_job (job))
    begin (job->secrets, job->kind);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = vav_app_keyring_store_finish (result, &error);

  if (!end_job (job))
    return;
  keep (job->secrets, job->kind, !stored);
  settle (job->secrets, job->kind, stored ? VAV_APP_SECRETS_KEYRING : VAV_APP_SECRETS_FILE, error);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  Server *server = &job->secrets->servers[job->kind];
  g_autoptr (GError) error = NULL;
  char *password = vav_app_keyring_look_up_finish (result, &error);

  if (!end_job (job))
    {
      forget (&password);
      return;
    }
  forget (&server->password);
  server->password = password;
  if (password != NULL)
    settle (job->secrets, job->kind, VAV_APP_SECRETS_KEYRING, NULL);
  else if (error == NULL && job->kind == VAV_SERVER_BROKER) /* a name alone is enough for some */
    settle (job->secrets, job->kind, VAV_APP_SECRETS_NONE, NULL);
  else
    settle (job->secrets, job->kind, VAV_APP_SECRETS_UNKNOWN, error);
}

static gboolean
has_account (Server *server)
{
  return server->bare != NULL && vav_app_keyring_lacks_password (server->bare);
}

static Job *
job_new (VavAppSecrets *self, VavServerKind kind, char *bare)
{
  Job *job = g_new0 (Job, 1);

  job->secrets = g_object_ref (self);
  job->kind = kind;
  job->bare = bare;
  self->servers[kind].busy = TRUE;
  return job;
}

/* Returns: (nullable): the next that is to be forgotten, and is not in use again */
static char *
take_old (Server *server)
{
  char *old;

  while ((old = g_queue_pop_head (&server->old)) != NULL)
    {
      if (!vav_app_keyring_is_same (old, server->password != NULL ? server->bare : NULL))
        return old;
      g_free (old);
    }
  return NULL;
}

/* The next thing: forgets what is old, then stores the password that is known, or asks for the one that is not. */
static void
begin (VavAppSecrets *self, VavServerKind kind)
{
  Server *server = &self->servers[kind];
  char *old = NULL;

  if (server->busy)
    {
      server->again = TRUE;
      return;
    }
  old = take_old (server);
  if (old != NULL)
    vav_app_keyring_remove_async (self->profile, old, on_removed, job_new (self, kind, old));
  else if (!has_account (server) || server->place != VAV_APP_SECRETS_ASKING)
    return;
  else if (server->password != NULL)
    vav_app_keyring_store_async (self->profile, server->bare, server->password, on_stored,
                                 job_new (self, kind, g_strdup (server->bare)));
  else
    vav_app_keyring_look_up_async (self->profile, server->bare, on_looked_up,
                                   job_new (self, kind, g_strdup (server->bare)));
}

/* Takes the address apart; whole where it has no password, or one that is no text. */
static void
take (Server *server, const char *url)
{
  g_clear_pointer (&server->bare, g_free);
  forget (&server->password);
  if (url != NULL && *url != '\0')
    server->bare = vav_app_keyring_split (url, &server->password);
  if (server->bare == NULL && url != NULL && *url != '\0')
    server->bare = g_strdup (url);
}

void
vav_app_secrets_load (VavAppSecrets *self)
{
  g_return_if_fail (self->settings != NULL);

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autofree char *url = vav_app_settings_dup_string (self->settings, keys[kind]);
      Server *server = &self->servers[kind];
      gboolean told;

      take (server, url);
      /* a password that the organisation gives stays where it is */
      told = server->password != NULL && vav_app_settings_is_from_site (self->settings, keys[kind]);
      settle (self, kind, has_account (server) && !told ? VAV_APP_SECRETS_ASKING : VAV_APP_SECRETS_NONE, NULL);
      begin (self, kind);
    }
}

void
vav_app_secrets_set_server (VavAppSecrets *self, VavServerKind kind, const char *url)
{
  Server *server = &self->servers[kind];

  g_return_if_fail (self->settings != NULL);

  if (vav_app_settings_is_locked (self->settings, keys[kind]))
    return;
  if (has_account (server) && server->place != VAV_APP_SECRETS_NONE)
    g_queue_push_tail (&server->old, g_strdup (server->bare));
  take (server, url);
  if (server->bare != NULL)
    keep (self, kind, FALSE);
  else
    vav_app_settings_set_string (self->settings, keys[kind], "");
  settle (self, kind, server->password != NULL ? VAV_APP_SECRETS_ASKING : VAV_APP_SECRETS_NONE, NULL);
  begin (self, kind);
}

void
vav_app_secrets_try_again (VavAppSecrets *self)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    if (self->servers[kind].place == VAV_APP_SECRETS_FILE || self->servers[kind].place == VAV_APP_SECRETS_UNKNOWN)
      {
        settle (self, kind, VAV_APP_SECRETS_ASKING, NULL);
        begin (self, kind);
      }
}

char *
vav_app_secrets_dup_server (VavAppSecrets *self, VavServerKind kind)
{
  Server *server = &self->servers[kind];

  if (server->bare == NULL)
    return NULL;
  if (server->password != NULL)
    return vav_app_keyring_join (server->bare, server->password);
  return has_account (server) && server->place != VAV_APP_SECRETS_NONE ? NULL : g_strdup (server->bare);
}

VavAppSecretsPlace
vav_app_secrets_get_place (VavAppSecrets *self, VavServerKind kind)
{
  return self->servers[kind].place;
}

const GError *
vav_app_secrets_get_error (VavAppSecrets *self, VavServerKind kind)
{
  return self->servers[kind].error;
}

void
vav_app_secrets_close (VavAppSecrets *self)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS && self->settings != NULL; kind++)
    if (self->servers[kind].place == VAV_APP_SECRETS_ASKING && self->servers[kind].password != NULL)
      keep (self, kind, TRUE);
  self->settings = NULL;
}

static void
vav_app_secrets_finalize (GObject *object)
{
  VavAppSecrets *self = VAV_APP_SECRETS (object);

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_free (self->servers[kind].bare);
      forget (&self->servers[kind].password);
      g_queue_clear_full (&self->servers[kind].old, g_free);
      g_clear_error (&self->servers[kind].error);
    }
  g_free (self->profile);
  G_OBJECT_CLASS (vav_app_secrets_parent_class)->finalize (object);
}

static void
vav_app_secrets_class_init (VavAppSecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_app_secrets_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
vav_app_secrets_init (VavAppSecrets *self)
{
}

VavAppSecrets *
vav_app_secrets_new (VavAppSettings *settings, const char *profile)
{
  VavAppSecrets *self = g_object_new (VAV_APP_TYPE_SECRETS, NULL);

  self->settings = settings;
  self->profile = g_strdup (profile);
  return self;
}
