/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/names.h"

#include <sys/socket.h>
#include <unistd.h>

struct _Names
{
  GResolver parent_instance;

  GResolver *before;
  GHashTable *names; /* to GPtrArray of GInetAddress, or to GError */
  GPtrArray *held;   /* of GTask */
  gboolean holding;
  guint n_asked;
};

typedef struct
{
  GPtrArray *addresses; /* NULL: error */
  GResolverError code;
} Entry;

G_DEFINE_FINAL_TYPE (Names, names, G_TYPE_RESOLVER)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->addresses, g_ptr_array_unref);
  g_free (entry);
}

typedef struct
{
  char *name;
  GResolverNameLookupFlags flags;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

static gboolean
is_wanted (GInetAddress *address, GResolverNameLookupFlags flags)
{
  GSocketFamily family = g_inet_address_get_family (address);

  if (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY)
    return family == G_SOCKET_FAMILY_IPV4;
  if (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    return family == G_SOCKET_FAMILY_IPV6;
  return TRUE;
}

static void
answer (Names *self, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  Entry *entry = g_hash_table_lookup (self->names, question->name);
  GList *found = NULL;

  for (guint i = 0; entry != NULL && entry->addresses != NULL && i < entry->addresses->len; i++)
    if (is_wanted (entry->addresses->pdata[i], question->flags))
      found = g_list_append (found, g_object_ref (entry->addresses->pdata[i]));
  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify)g_resolver_free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, entry != NULL ? (int)entry->code : G_RESOLVER_ERROR_NOT_FOUND,
                             "no answer for %s", question->name);
}

static void
lookup_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  Names *self = TEST_NAMES (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->name = g_strdup (name);
  question->flags = flags;
  g_task_set_task_data (task, question, question_free);
  self->n_asked++;
  if (self->holding)
    g_ptr_array_add (self->held, g_steal_pointer (&task));
  else
    answer (self, task);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
lookup_all_async (GResolver *resolver, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
  lookup_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, user_data);
}

static void
names_finalize (GObject *object)
{
  Names *self = TEST_NAMES (object);

  g_ptr_array_unref (self->held);
  g_hash_table_unref (self->names);
  g_clear_object (&self->before);

  G_OBJECT_CLASS (names_parent_class)->finalize (object);
}

static void
names_class_init (NamesClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = names_finalize;
  resolver_class->lookup_by_name_async = lookup_all_async;
  resolver_class->lookup_by_name_finish = lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
names_init (Names *self)
{
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
}

Names *
names_install (void)
{
  Names *self = g_object_new (TYPE_NAMES, NULL);

  self->before = g_resolver_get_default ();
  g_resolver_set_default (G_RESOLVER (self));

  return self;
}

void
names_remove (Names *self)
{
  names_release (self);
  g_resolver_set_default (self->before);
  g_object_unref (self);
}

void
names_add (Names *self, const char *name, const char *const *addresses)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->code = G_RESOLVER_ERROR_NOT_FOUND; /* of the other family */
  entry->addresses = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; addresses[i] != NULL; i++)
    g_ptr_array_add (entry->addresses, g_inet_address_new_from_string (addresses[i]));
  g_hash_table_replace (self->names, g_strdup (name), entry);
}

void
names_add_error (Names *self, const char *name, GResolverError code)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->code = code;
  g_hash_table_replace (self->names, g_strdup (name), entry);
}

void
names_hold (Names *self)
{
  self->holding = TRUE;
}

void
names_release (Names *self)
{
  self->holding = FALSE;
  for (guint i = 0; i < self->held->len; i++)
    answer (self, self->held->pdata[i]);
  g_ptr_array_set_size (self->held, 0);
}

guint
names_get_n_asked (Names *self)
{
  return self->n_asked;
}

/* The queue of connections that nobody accepts is filled: Linux then drops what else wants to connect (tcp(7), tcp_abort_on_overflow). */
gboolean
dead_port_open (DeadPort *self, const char *host, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  gssize size = g_socket_address_get_native_size (address);
  g_autofree struct sockaddr *native = g_malloc ((gsize)size);
  int family = (int)g_socket_address_get_family (address);

  g_assert_true (g_socket_address_to_native (address, native, (gsize)size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    {
      self->fds[i] = socket (family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      g_assert_cmpint (self->fds[i], >=, 0);
    }
  if (bind (self->fds[0], native, (socklen_t)size) != 0 || listen (self->fds[0], 0) != 0)
    {
      dead_port_close (self);
      return FALSE;
    }
  for (guint i = 1; i < G_N_ELEMENTS (self->fds); i++)
    (void)connect (self->fds[i], native,
                   (socklen_t)size); /* the first is taken into the queue, the others fill it or wait */

  return TRUE;
}

void
dead_port_close (DeadPort *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    close (self->fds[i]);
}
