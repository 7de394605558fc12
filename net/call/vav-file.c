/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-private.h"

G_DEFINE_FINAL_TYPE (VavFile, vav_file, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SIZE,
  PROP_INCOMING,
  PROP_STATE,
  PROP_TRANSFERRED,
  PROP_PATH,
  PROP_SHA256,
  PROP_ERROR,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
notify (VavFile *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
vav_file_finalize (GObject *object)
{
  VavFile *self = VAV_FILE (object);

  g_clear_weak_pointer (&self->courier);
  g_clear_object (&self->making_ready);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->folder);
  g_free (self->digest);

  G_OBJECT_CLASS (vav_file_parent_class)->finalize (object);
}

static void
vav_file_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavFile *self = VAV_FILE (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, self->size);
      break;
    case PROP_INCOMING:
      g_value_set_boolean (value, self->incoming);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_TRANSFERRED:
      g_value_set_uint64 (value, self->transferred);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_SHA256:
      g_value_set_string (value, self->sha256);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_file_class_init (VavFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = vav_file_finalize;
  object_class->get_property = vav_file_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", "Name", "Fit to be shown", NULL, ro);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", "Size", "In bytes", 0, G_MAXUINT64, 0, ro);
  properties[PROP_INCOMING]
      = g_param_spec_boolean ("incoming", "Incoming", "Whether the other side offers it", FALSE, ro);
  properties[PROP_STATE]
      = g_param_spec_enum ("state", "State", "Where it stands", VAV_TYPE_FILE_STATE, VAV_FILE_STATE_OFFERED, ro);
  properties[PROP_TRANSFERRED]
      = g_param_spec_uint64 ("transferred", "Transferred", "Bytes that have been carried", 0, G_MAXUINT64, 0, ro);
  properties[PROP_PATH] = g_param_spec_string ("path", "Path", "Where it is read from, or has come to lie", NULL, ro);
  properties[PROP_SHA256] = g_param_spec_string ("sha256", "SHA-256", "In hex, when it is done", NULL, ro);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", "Error", "Why it failed", G_TYPE_ERROR, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_file_init (VavFile *self)
{
}

/* for the courier */

VavFile *
vav_file_new (VavCourier *courier, guint32 id, gboolean incoming, const char *name, guint64 size)
{
  VavFile *self = g_object_new (VAV_TYPE_FILE, NULL);

  g_set_weak_pointer (&self->courier, courier);
  self->id = id;
  self->incoming = incoming;
  self->name = g_strdup (name);
  self->size = size;

  return self;
}

void
vav_file_set_state (VavFile *self, VavFileState state, GError *error)
{
  if (error != NULL && self->error == NULL)
    {
      self->error = error;
      notify (self, PROP_ERROR);
    }
  else
    g_clear_error (&error);
  if (self->state == state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

void
vav_file_set_transferred (VavFile *self, guint64 transferred)
{
  if (self->transferred == transferred)
    return;
  self->transferred = transferred;
  notify (self, PROP_TRANSFERRED);
}

void
vav_file_set_result (VavFile *self, const char *path, const char *sha256)
{
  if (path != NULL)
    {
      g_free (self->path);
      self->path = g_strdup (path);
      notify (self, PROP_PATH);
    }
  g_free (self->sha256);
  self->sha256 = g_strdup (sha256);
  notify (self, PROP_SHA256);
}

/* public functions */

/**
 * vav_file_get_name:
 *
 * Returns: fit to be shown, and to be a file's name
 */
const char *
vav_file_get_name (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), NULL);
  return self->name;
}

/**
 * vav_file_get_size:
 *
 * Returns: in bytes
 */
guint64
vav_file_get_size (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), 0);
  return self->size;
}

/**
 * vav_file_is_incoming:
 *
 * Returns: whether the other side offers it
 */
gboolean
vav_file_is_incoming (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), FALSE);
  return self->incoming;
}

/**
 * vav_file_get_state:
 *
 * Returns: where it stands
 */
VavFileState
vav_file_get_state (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), VAV_FILE_STATE_FAILED);
  return self->state;
}

/**
 * vav_file_is_over:
 *
 * Returns: whether nothing more happens with it
 */
gboolean
vav_file_is_over (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), TRUE);
  return self->state >= VAV_FILE_STATE_DONE;
}

/**
 * vav_file_get_transferred:
 *
 * Returns: bytes that have been carried
 */
guint64
vav_file_get_transferred (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), 0);
  return self->transferred;
}

/**
 * vav_file_get_path:
 *
 * Returns: (nullable): where it is read from; of an incoming one, where it is, when it is done
 */
const char *
vav_file_get_path (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), NULL);
  return self->path;
}

/**
 * vav_file_get_sha256:
 *
 * Returns: (nullable): in hex, when it is done
 */
const char *
vav_file_get_sha256 (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), NULL);
  return self->sha256;
}

/**
 * vav_file_get_error:
 *
 * Returns: (transfer none) (nullable): a sentence on why it failed
 */
const GError *
vav_file_get_error (VavFile *self)
{
  g_return_val_if_fail (VAV_IS_FILE (self), NULL);
  return self->error;
}

/**
 * vav_file_state_to_nick:
 * @state: where a file stands
 *
 * Returns: one word, as visavis-cli prints it
 */
const char *
vav_file_state_to_nick (VavFileState state)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (VAV_TYPE_FILE_STATE);
  GEnumValue *value = g_enum_get_value (klass, (int)state);

  return value != NULL ? value->value_nick : "";
}

static gboolean
is_undecided (VavFile *self, GError **error)
{
  if (self->incoming && self->state == VAV_FILE_STATE_OFFERED && self->courier != NULL)
    return TRUE;
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  return FALSE;
}

/**
 * vav_file_accept:
 * @folder: where it goes; it keeps its name if that is free there
 *
 * Takes an incoming one, before it is decided. %VAV_ERROR_CLOSED: it is decided, or over.
 */
gboolean
vav_file_accept (VavFile *self, const char *folder, GError **error)
{
  g_autoptr (VavCourier) alive = NULL;

  g_return_val_if_fail (VAV_IS_FILE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);

  if (!is_undecided (self, error))
    return FALSE;
  alive = g_object_ref (self->courier); /* whoever hears of it may let go of the call */
  return vav_courier_accept_file (alive, self, folder, error);
}

/**
 * vav_file_refuse:
 *
 * Refuses an incoming one, before it is decided. %VAV_ERROR_CLOSED: it is decided, or over.
 */
gboolean
vav_file_refuse (VavFile *self, GError **error)
{
  g_autoptr (VavCourier) alive = NULL;

  g_return_val_if_fail (VAV_IS_FILE (self), FALSE);

  if (!is_undecided (self, error))
    return FALSE;
  alive = g_object_ref (self->courier);
  vav_courier_refuse_file (alive, self);
  return TRUE;
}

/**
 * vav_file_cancel:
 *
 * Gives it up, from either side, in any state; of an incoming one nothing is left. Does nothing when it is over.
 */
void
vav_file_cancel (VavFile *self)
{
  g_autoptr (VavCourier) alive = NULL;

  g_return_if_fail (VAV_IS_FILE (self));

  if (vav_file_is_over (self) || self->courier == NULL)
    return;
  alive = g_object_ref (self->courier);
  vav_courier_cancel_file (alive, self);
}
