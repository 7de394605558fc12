/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-device-providers.h"

#include "net/media/vav-camera-portal.h"

typedef struct
{
  guint id;
  VavHop *hop;
  VavHopFunc changed;
} Watch;

typedef struct
{
  const char *name;
  /* PipeWire's leaves its listeners behind when it is stopped while a camera of PipeWire's plays (0.3.65 at least), and crashes over them
   * when the camera is closed. So it is started once, and again only while it has nothing to tell, which is when it found no PipeWire. The
   * system's cameras need no second start either. */
  gboolean lasting;
  /* PulseAudio's tells which device is the default one only while it is started, and notices no end of the server: it is started anew for
   * each asking. */
  gboolean anew;
  gboolean by_portal; /* where there is one */
  gboolean started;   /* under lock */
  int remote;         /* under lock: the portal's connection that it was started with; 0: none */
  gboolean watched;   /* under lock: its bus has our handler */
  int asked;          /* atomic: what it tells meanwhile is the answer */
} Provider;

/* Of those that offer screens and networks nothing is asked. */
static Provider providers[] = {
  { "pulsedeviceprovider", FALSE, TRUE, FALSE },
  { "v4l2deviceprovider", TRUE, FALSE, FALSE },
  { "pipewiredeviceprovider", TRUE, FALSE, TRUE },
  { "alsadeviceprovider", FALSE, FALSE, FALSE },
};

static GMutex lock; /* one asks at a time */
static int servers; /* atomic */

static GMutex watch_lock; /* both below */
static GArray *watches;
static guint last_watch;

/* Any thread */
static void
tell_watches (void)
{
  g_mutex_lock (&watch_lock);
  for (guint i = 0; watches != NULL && i < watches->len; i++)
    {
      Watch *watch = &g_array_index (watches, Watch, i);

      vav_hop_post (watch->hop, watch->changed, NULL, NULL);
    }
  g_mutex_unlock (&watch_lock);
}

/* A provider's own thread */
static GstBusSyncReply
on_told (GstBus *bus, GstMessage *message, gpointer data)
{
  Provider *self = data;

  if (!g_atomic_int_get (&self->asked))
    tell_watches ();
  gst_message_unref (message);

  return GST_BUS_DROP;
}

static gboolean
is_watched (void)
{
  gboolean watched;

  g_mutex_lock (&watch_lock);
  watched = watches != NULL && watches->len > 0;
  g_mutex_unlock (&watch_lock);

  return watched;
}

static gboolean
start (Provider *self, GstDeviceProvider *provider)
{
  g_autoptr (GstBus) bus = gst_device_provider_get_bus (provider);

  /* also where nobody watches: what is told must not pile up on the bus */
  if (!self->watched)
    gst_bus_set_sync_handler (bus, on_told, self, NULL);
  self->watched = TRUE;
  self->started = gst_device_provider_start (provider);

  return self->started;
}

static void
stop (Provider *self, GstDeviceProvider *provider)
{
  if (self->started)
    gst_device_provider_stop (provider);
  self->started = FALSE;
}

/* Its devices are those that the portal gives: what it needs is a connection, and it need not be started again on one that lives. */
static GList *
ask_portal (Provider *self, GstDeviceProvider *provider)
{
  int remote = vav_camera_portal_get_remote ();

  if (self->started && self->remote != remote)
    stop (self, provider);
  if (remote >= 0 && !self->started)
    {
      g_object_set (provider, "fd", remote, NULL);
      self->remote = remote;
      g_atomic_int_set (&self->asked, TRUE);
      start (self, provider);
      g_atomic_int_set (&self->asked, FALSE);
    }

  return self->started ? gst_device_provider_get_devices (provider) : NULL;
}

static GList *
ask (Provider *self, GstDeviceProvider *provider)
{
  GList *devices = self->started && !self->anew ? gst_device_provider_get_devices (provider) : NULL;

  if (devices != NULL)
    return devices;
  if (!self->lasting && !self->anew)
    return gst_device_provider_get_devices (provider);

  stop (self, provider);
  g_atomic_int_set (&self->asked, TRUE);
  start (self, provider);
  g_atomic_int_set (&self->asked, FALSE);
  if (self->started)
    devices = gst_device_provider_get_devices (provider);
  if (self->anew)
    g_atomic_int_set (&servers, self->started);
  if (self->anew && !is_watched ())
    stop (self, provider);

  return devices;
}

GList *
vav_device_providers_ask (void)
{
  GList *devices = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      g_autoptr (GstDeviceProviderFactory) factory = gst_device_provider_factory_find (providers[i].name);
      g_autoptr (GstDeviceProvider) provider = factory != NULL ? gst_device_provider_factory_get (factory) : NULL;

      if (provider == NULL)
        continue;
      if (providers[i].by_portal && vav_camera_portal_is_needed ())
        devices = g_list_concat (devices, ask_portal (&providers[i], provider));
      else
        devices = g_list_concat (devices, ask (&providers[i], provider));
    }
  g_mutex_unlock (&lock);

  return devices;
}

void
vav_device_providers_want_camera (void)
{
  vav_camera_portal_ask (tell_watches);
}

static void
watch_clear (gpointer data)
{
  Watch *watch = data;

  vav_hop_unref (watch->hop);
}

guint
vav_devices_add_watch (VavHop *hop, VavHopFunc changed)
{
  Watch watch = { 0, vav_hop_ref (hop), changed };

  g_mutex_lock (&watch_lock);
  if (watches == NULL)
    {
      watches = g_array_new (FALSE, FALSE, sizeof (Watch));
      g_array_set_clear_func (watches, watch_clear);
    }
  watch.id = ++last_watch;
  g_array_append_val (watches, watch);
  g_mutex_unlock (&watch_lock);

  return watch.id;
}

void
vav_devices_remove_watch (guint id)
{
  g_mutex_lock (&watch_lock);
  for (guint i = 0; watches != NULL && i < watches->len; i++)
    {
      if (g_array_index (watches, Watch, i).id == id)
        {
          g_array_remove_index (watches, i);
          break;
        }
    }
  g_mutex_unlock (&watch_lock);
}

gboolean
vav_devices_have_servers (void)
{
  return g_atomic_int_get (&servers);
}
