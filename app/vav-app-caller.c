/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-caller.h"

#include <glib/gi18n.h>

struct _VavAppCaller
{
  GObject parent_instance;

  VavRequest *request; /* owned */
  gint64 since;        /* monotonic µs */
  gboolean silenced;
};

enum
{
  PROP_SILENCED = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavAppCaller, vav_app_caller, G_TYPE_OBJECT)

static void
vav_app_caller_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SILENCED)
    g_value_set_boolean (value, VAV_APP_CALLER (object)->silenced);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_caller_finalize (GObject *object)
{
  g_clear_object (&VAV_APP_CALLER (object)->request);
  G_OBJECT_CLASS (vav_app_caller_parent_class)->finalize (object);
}

static void
vav_app_caller_class_init (VavAppCallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_app_caller_get_property;
  object_class->finalize = vav_app_caller_finalize;
  properties[PROP_SILENCED]
      = g_param_spec_boolean ("silenced", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_app_caller_init (VavAppCaller *self)
{
  self->since = g_get_monotonic_time ();
}

VavAppCaller *
vav_app_caller_new (VavRequest *request)
{
  VavAppCaller *self = g_object_new (VAV_APP_TYPE_CALLER, NULL);

  self->request = g_object_ref (request);
  return self;
}

VavRequest *
vav_app_caller_get_request (VavAppCaller *self)
{
  return self->request;
}

const char *
vav_app_caller_get_name (VavAppCaller *self)
{
  const char *name = vav_peer_get_name (vav_request_get_peer (self->request));

  return name != NULL && *name != '\0' ? name : _ ("Somebody");
}

gint64
vav_app_caller_get_waited (VavAppCaller *self)
{
  return (g_get_monotonic_time () - self->since) / G_USEC_PER_SEC;
}

void
vav_app_caller_silence (VavAppCaller *self)
{
  if (self->silenced)
    return;
  self->silenced = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SILENCED]);
}

gboolean
vav_app_caller_is_silenced (VavAppCaller *self)
{
  return self->silenced;
}

void
vav_app_caller_decline (VavAppCaller *self, const char *message)
{
  g_autoptr (VavRequest) request = g_object_ref (self->request);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) data = NULL;

  if (!vav_request_is_pending (request))
    return;
  if (message != NULL && g_utf8_validate (message, -1, NULL))
    text = g_strstrip (g_utf8_substring (message, 0, MIN (g_utf8_strlen (message, -1), VAV_APP_MAX_MESSAGE)));
  if (text != NULL && *text != '\0')
    data = g_bytes_new (text, strlen (text));
  vav_request_reject (request, VAV_REASON_DECLINED, data);
}
