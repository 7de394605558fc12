/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

G_DEFINE_QUARK (vav - app - keyring - error - quark, vav_app_keyring_error)

static const SecretSchema schema = { "org.visavis.Visavis.Server",
                                     SECRET_SCHEMA_NONE,
                                     { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING } } };

/* --- addresses --- */

/* Where user name and password stand in it (RFC 3986, 3.2). Returns: whether there are any */
static gboolean
find_account (const char *url, const char **user, const char **colon, const char **at)
{
  const char *scheme = strstr (url, "://");
  const char *end;

  if (scheme == NULL)
    return FALSE;
  *user = scheme + strlen ("://");
  end = *user + strcspn (*user, "/?#");
  *at = g_strrstr_len (*user, end - *user, "@");
  if (*at == NULL || *at == *user)
    return FALSE;
  *colon = memchr (*user, ':', (gsize)(*at - *user));
  return *colon != *user;
}

char *
vav_app_keyring_split (const char *url, char **password)
{
  const char *user, *colon, *at;
  g_autofree char *text = NULL;

  *password = NULL;
  if (!find_account (url, &user, &colon, &at) || colon == NULL || colon + 1 == at)
    return NULL;
  text = g_uri_unescape_segment (colon + 1, at, NULL);
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;
  *password = g_steal_pointer (&text);
  return g_strdup_printf ("%.*s%s", (int)(colon - url), url, at);
}

char *
vav_app_keyring_join (const char *bare, const char *password)
{
  const char *user, *colon, *at;
  g_autofree char *escaped = g_uri_escape_string (password, NULL, FALSE);

  if (!find_account (bare, &user, &colon, &at))
    return g_strdup (bare);
  return g_strdup_printf ("%.*s:%s%s", (int)((colon != NULL ? colon : at) - bare), bare, escaped, at);
}

gboolean
vav_app_keyring_lacks_password (const char *url)
{
  const char *user, *colon, *at;

  return find_account (url, &user, &colon, &at) && (colon == NULL || colon + 1 == at);
}

static GHashTable *
make_attributes (const char *profile, const char *bare, char **user)
{
  g_autoptr (GUri) uri = g_uri_parse (bare, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);
  g_autofree char *server = NULL;

  if (uri == NULL || g_uri_get_user (uri) == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  server = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri), "",
                       NULL, NULL);
  if (user != NULL)
    *user = g_strdup (g_uri_get_user (uri));
  return secret_attributes_build (&schema, "server", server, "user", g_uri_get_user (uri), "profile", profile, NULL);
}

gboolean
vav_app_keyring_is_same (const char *bare, const char *other)
{
  g_autoptr (GHashTable) one = make_attributes ("", bare, NULL);
  g_autoptr (GHashTable) two = other != NULL ? make_attributes ("", other, NULL) : NULL;

  return one != NULL && two != NULL
         && g_strcmp0 (g_hash_table_lookup (one, "server"), g_hash_table_lookup (two, "server")) == 0
         && g_strcmp0 (g_hash_table_lookup (one, "user"), g_hash_table_lookup (two, "user")) == 0;
}

/* --- what can go wrong --- */

/* libsecret's own words would tell of D-Bus; ours say what it means. */
static GError *
make_error (VavAppKeyringError code)
{
  static const char *const sentences[] = {
    [VAV_APP_KEYRING_ERROR_ABSENT] = N_ ("This desktop has no keyring for passwords."),
    [VAV_APP_KEYRING_ERROR_LOCKED] = N_ ("The keyring is locked and was not opened."),
    [VAV_APP_KEYRING_ERROR_FAILED] = N_ ("The keyring does not work."),
  };

  return g_error_new_literal (VAV_APP_KEYRING_ERROR, (int)code, _ (sentences[code]));
}

/* Consumes the failure. */
static GError *
translate (GError *failure)
{
  VavAppKeyringError code = VAV_APP_KEYRING_ERROR_FAILED;

  if (failure == NULL)
    return make_error (VAV_APP_KEYRING_ERROR_LOCKED); /* said by nobody: a question was dismissed */
  if (g_error_matches (failure, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    code = VAV_APP_KEYRING_ERROR_LOCKED;
  else if (g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
           || g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
           || g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND)
           || failure->domain == G_IO_ERROR || failure->domain == G_SPAWN_ERROR)
    code = VAV_APP_KEYRING_ERROR_ABSENT;
  g_debug ("keyring: %s", failure->message);
  g_error_free (failure);
  return make_error (code);
}

/* --- reading --- */

/* Consumes both. Returns: (nullable): the password */
static char *
take_value (SecretValue *value, GError *failure, GError **error)
{
  const char *text = value != NULL ? secret_value_get_text (value) : NULL;
  char *password = g_strdup (text);

  if (value == NULL)
    g_propagate_error (error, translate (failure));
  else if (text == NULL)
    g_propagate_error (error, make_error (VAV_APP_KEYRING_ERROR_FAILED)); /* no text, so not from us */
  g_clear_pointer (&value, secret_value_unref);
  return password;
}

static gboolean
is_locked (gpointer item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (item);
}

static void
on_retrieved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *failure = NULL;
  GError *error = NULL;
  SecretValue *value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &failure);
  char *password = take_value (value, failure, &error);

  if (password != NULL)
    g_task_return_pointer (task, password, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *failure = NULL;
  GList *items = secret_password_search_finish (result, &failure);

  if (failure != NULL)
    g_task_return_error (task, translate (failure));
  else if (items == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else if (is_locked (items->data))
    g_task_return_error (task, make_error (VAV_APP_KEYRING_ERROR_LOCKED));
  else
    secret_retrievable_retrieve_secret (items->data, NULL, on_retrieved, g_steal_pointer (&task));
  g_list_free_full (items, g_object_unref);
}

void
vav_app_keyring_look_up_async (const char *profile, const char *bare, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GHashTable) attributes = make_attributes (profile, bare, NULL);

  if (attributes == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }
  secret_password_searchv (&schema, attributes, SECRET_SEARCH_UNLOCK, NULL, on_searched, task);
}

char *
vav_app_keyring_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
vav_app_keyring_look_up (const char *profile, const char *bare, GError **error)
{
  g_autoptr (GHashTable) attributes = make_attributes (profile, bare, NULL);
  GError *failure = NULL;
  char *password = NULL;
  GList *items;

  if (attributes == NULL)
    return NULL;
  items = secret_password_searchv_sync (&schema, attributes, SECRET_SEARCH_NONE, NULL, &failure);
  if (failure != NULL)
    g_propagate_error (error, translate (failure));
  else if (items != NULL && is_locked (items->data))
    g_propagate_error (error, make_error (VAV_APP_KEYRING_ERROR_LOCKED));
  else if (items != NULL)
    {
      SecretValue *value = secret_retrievable_retrieve_secret_sync (items->data, NULL, &failure);

      password = take_value (value, failure, error);
    }
  g_list_free_full (items, g_object_unref);
  return password;
}

/* --- writing --- */

typedef struct
{
  char *profile;
  char *bare;
  char *password;
} Storing;

static void
storing_free (gpointer data)
{
  Storing *self = data;

  g_free (self->profile);
  g_free (self->bare);
  secret_password_free (self->password);
  g_free (self);
}

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Storing *storing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *found = vav_app_keyring_look_up_finish (result, &error);

  if (g_strcmp0 (found, storing->password) == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error != NULL ? error : make_error (VAV_APP_KEYRING_ERROR_FAILED));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Storing *storing = g_task_get_task_data (task);
  GError *failure = NULL;

  if (!secret_password_store_finish (result, &failure))
    g_task_return_error (task, translate (failure));
  else
    vav_app_keyring_look_up_async (storing->profile, storing->bare, on_read_back, g_steal_pointer (&task));
}

void
vav_app_keyring_store_async (const char *profile, const char *bare, const char *password, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Storing *storing = g_new0 (Storing, 1);
  g_autofree char *user = NULL;
  g_autoptr (GHashTable) attributes = make_attributes (profile, bare, &user);
  g_autofree char *label = NULL;

  storing->profile = g_strdup (profile);
  storing->bare = g_strdup (bare);
  storing->password = g_strdup (password);
  g_task_set_task_data (task, storing, storing_free);
  if (attributes == NULL)
    {
      g_task_return_error (task, make_error (VAV_APP_KEYRING_ERROR_FAILED));
      g_object_unref (task);
      return;
    }
  /* Translators: what the desktop's program for passwords calls it: a user name, and the address of a server */
  label = g_strdup_printf (_ ("Visavis: %s at %s"), user, (const char *)g_hash_table_lookup (attributes, "server"));
  secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, password, NULL, on_stored, task);
}

gboolean
vav_app_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vav_app_keyring_remove_async (const char *profile, const char *bare, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GHashTable) attributes = make_attributes (profile, bare, NULL);
  GTask *task = NULL;

  if (attributes != NULL)
    {
      secret_password_clearv (&schema, attributes, NULL, callback, user_data);
      return;
    }
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_return_boolean (task, FALSE);
  g_object_unref (task);
}
