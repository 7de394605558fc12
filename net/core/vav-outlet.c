/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-outlet.h"

typedef struct
{
  guint id;
  VavOutletFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Consumer;

struct _VavOutlet
{
  GObject parent_instance;

  GMutex lock; /* held while consumers run, so that detach can promise that they no longer do */
  GArray *consumers;
  guint last_id;
};

G_DEFINE_FINAL_TYPE (VavOutlet, vav_outlet, G_TYPE_OBJECT)

static void
consumer_clear (gpointer data)
{
  Consumer *consumer = data;

  if (consumer->destroy != NULL)
    consumer->destroy (consumer->user_data);
}

static void
vav_outlet_finalize (GObject *object)
{
  VavOutlet *self = VAV_OUTLET (object);

  for (guint i = 0; i < self->consumers->len; i++)
    consumer_clear (&g_array_index (self->consumers, Consumer, i));
  g_array_unref (self->consumers);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (vav_outlet_parent_class)->finalize (object);
}

static void
vav_outlet_class_init (VavOutletClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_outlet_finalize;
}

static void
vav_outlet_init (VavOutlet *self)
{
  g_mutex_init (&self->lock);
  self->consumers = g_array_new (FALSE, FALSE, sizeof (Consumer));
}

/**
 * vav_outlet_new:
 *
 * Returns: (transfer full): an outlet without consumers
 */
VavOutlet *
vav_outlet_new (void)
{
  return g_object_new (VAV_TYPE_OUTLET, NULL);
}

/**
 * vav_outlet_attach:
 * @func: (scope notified): gets each sample from now on, on the producer's thread
 * @user_data: given to @func
 * @destroy: (nullable): frees @user_data when detached
 *
 * Returns: a number for vav_outlet_detach(), never 0
 */
guint
vav_outlet_attach (VavOutlet *self, VavOutletFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Consumer consumer = { 0, func, user_data, destroy };

  g_return_val_if_fail (VAV_IS_OUTLET (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  g_mutex_lock (&self->lock);
  consumer.id = ++self->last_id;
  g_array_append_val (self->consumers, consumer);
  g_mutex_unlock (&self->lock);

  return consumer.id;
}

/**
 * vav_outlet_detach:
 * @id: what vav_outlet_attach() returned; an unknown one is ignored
 *
 * When this has returned the consumer is not running and will not run again.
 */
void
vav_outlet_detach (VavOutlet *self, guint id)
{
  Consumer gone = { 0 };

  g_return_if_fail (VAV_IS_OUTLET (self));

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->consumers->len; i++)
    {
      if (g_array_index (self->consumers, Consumer, i).id == id)
        {
          gone = g_array_index (self->consumers, Consumer, i);
          g_array_remove_index (self->consumers, i);
          break;
        }
    }
  g_mutex_unlock (&self->lock);

  consumer_clear (&gone);
}

/**
 * vav_outlet_get_n_consumers:
 *
 * Returns: how many there are now
 */
guint
vav_outlet_get_n_consumers (VavOutlet *self)
{
  guint n;

  g_return_val_if_fail (VAV_IS_OUTLET (self), 0);

  g_mutex_lock (&self->lock);
  n = self->consumers->len;
  g_mutex_unlock (&self->lock);

  return n;
}

/**
 * vav_outlet_push:
 * @sample: (type Gst.Sample) (transfer none): borrowed
 *
 * Hands @sample to every consumer. For producers; any thread, one at a time.
 */
void
vav_outlet_push (VavOutlet *self, gpointer sample)
{
  g_return_if_fail (VAV_IS_OUTLET (self));

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->consumers->len; i++)
    {
      Consumer *consumer = &g_array_index (self->consumers, Consumer, i);

      consumer->func (sample, consumer->user_data);
    }
  g_mutex_unlock (&self->lock);
}
