/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-hop.h"

struct _VavHop
{
  gatomicrefcount ref_count;
  GMainContext *context;
  GWeakRef owner;
};

typedef struct
{
  VavHop *hop;
  VavHopFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Post;

/**
 * vav_hop_new:
 * @owner: a #GObject, held weakly
 *
 * Makes a hop to the context that is thread-default now: the one that owns @owner.
 *
 * Returns: (transfer full): the hop
 */
VavHop *
vav_hop_new (gpointer owner)
{
  VavHop *self = g_new0 (VavHop, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->owner, owner);

  return self;
}

VavHop *
vav_hop_ref (VavHop *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_hop_unref (VavHop *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_weak_ref_clear (&self->owner);
  g_main_context_unref (self->context);
  g_free (self);
}

GMainContext *
vav_hop_get_context (VavHop *self)
{
  return self->context;
}

static gboolean
post_run (gpointer data)
{
  Post *post = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&post->hop->owner);

  if (owner != NULL)
    post->func (owner, post->data);

  return G_SOURCE_REMOVE;
}

static void
post_free (gpointer data)
{
  Post *post = data;

  if (post->destroy != NULL)
    post->destroy (post->data);
  vav_hop_unref (post->hop);
  g_free (post);
}

/**
 * vav_hop_post:
 * @func: called with the owner and @data, in the owner's context, unless the owner has died by then
 * @data: given to @func
 * @destroy: (nullable): frees @data, in any case and exactly once, in the owner's context
 *
 * Never runs @func at once, also when called from the owner's own thread.
 */
void
vav_hop_post (VavHop *self, VavHopFunc func, gpointer data, GDestroyNotify destroy)
{
  Post *post = g_new (Post, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *post = (Post){ vav_hop_ref (self), func, data, destroy };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, post_run, post, post_free);
  g_source_set_static_name (source, "vav-hop");
  g_source_attach (source, self->context);
}
