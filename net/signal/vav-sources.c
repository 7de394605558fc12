/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-sources.h"

#include <sys/resource.h>

#define MOST 1024

struct _VavSources
{
  VavSourcesKnows knows;
  gpointer user_data;
  GHashTable *table; /* name → VavSource */
  guint n;
  guint most;
};

static void
source_free (gpointer data)
{
  VavSource *source = data;

  g_free (source->name);
  g_free (source);
}

static gboolean
cool_one (gpointer key, gpointer value, gpointer data)
{
  VavSource *source = value;

  source->recent /= 2;
  return source->n == 0 && source->recent == 0;
}

/* Half of the descriptors that this process may have are for others. */
static guint
limit_by_descriptors (guint most)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 2 >= most)
    return most;
  return (guint)MAX (limit.rlim_cur / 2, 1);
}

/* public functions */

VavSources *
vav_sources_new (VavSourcesKnows knows, gpointer user_data)
{
  VavSources *self = g_new0 (VavSources, 1);

  self->knows = knows;
  self->user_data = user_data;
  self->most = limit_by_descriptors (MOST);
  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, source_free);
  return self;
}

void
vav_sources_free (VavSources *self)
{
  g_hash_table_unref (self->table);
  g_free (self);
}

VavSource *
vav_sources_take (VavSources *self, const char *name)
{
  VavSource *source = g_hash_table_lookup (self->table, name);

  if (source == NULL)
    {
      source = g_new0 (VavSource, 1);
      source->name = g_strdup (name);
      g_hash_table_insert (self->table, source->name, source);
    }
  /* again, too: whose first call it was may be one of ours by the next */
  if (!source->known)
    source->known = self->knows != NULL && self->knows (name, self->user_data);
  source->n++;
  self->n++;
  return source;
}

void
vav_sources_release (VavSources *self, VavSource *source)
{
  source->n--;
  self->n--;
  if (source->n == 0 && source->recent == 0)
    g_hash_table_remove (self->table, source->name);
}

guint
vav_sources_get_n (VavSources *self)
{
  return self->n;
}

guint
vav_sources_get_most (VavSources *self)
{
  return self->most;
}

gboolean
vav_sources_cool (VavSources *self)
{
  g_hash_table_foreach_remove (self->table, cool_one, NULL);
  return g_hash_table_size (self->table) > 0;
}

gboolean
vav_source_yields (const VavSource *a, const VavSource *b)
{
  return a->known != b->known ? b->known : a->n > b->n;
}

gboolean
vav_source_precedes (const VavSource *a, const VavSource *b)
{
  return a->known != b->known ? a->known : a->recent < b->recent;
}
