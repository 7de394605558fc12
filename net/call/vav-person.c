/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-person-private.h"

#include "net/core/vav-enums.h"

#define MAX_KEY 1024 /* bytes; that of P-256 has 91 */

G_DEFINE_FINAL_TYPE (VavPerson, vav_person, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_ID,
  PROP_ADDRESS,
  PROP_ADDRESSES,
  PROP_TRUST,
  PROP_LAST_SEEN,
  PROP_FAVOURITE,
  PROP_BLOCKED,
  PROP_PICTURE,
  PROP_PRESENT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
vav_person_finalize (GObject *object)
{
  VavPerson *self = VAV_PERSON (object);

  g_clear_pointer (&self->store, vav_store_unref);
  g_clear_pointer (&self->picture, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_strfreev (self->addresses);
  g_free (self->name);
  g_free (self->id);

  G_OBJECT_CLASS (vav_person_parent_class)->finalize (object);
}

static void
vav_person_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavPerson *self = VAV_PERSON (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, vav_person_get_address (self));
      break;
    case PROP_ADDRESSES:
      g_value_set_boxed (value, self->addresses);
      break;
    case PROP_TRUST:
      g_value_set_enum (value, (int)self->trust);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->last_seen);
      break;
    case PROP_FAVOURITE:
      g_value_set_boolean (value, self->favourite);
      break;
    case PROP_BLOCKED:
      g_value_set_boolean (value, self->blocked);
      break;
    case PROP_PICTURE:
      g_value_set_boxed (value, vav_person_get_picture (self));
      break;
    case PROP_PRESENT:
      g_value_set_boolean (value, self->present);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_person_class_init (VavPersonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = vav_person_finalize;
  object_class->get_property = vav_person_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", "Name", "What this user calls them", NULL, flags);
  properties[PROP_ID] = g_param_spec_string ("id", "Id", "Canonical id of their key, if it is known", NULL, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", "Address", "The first of the addresses", NULL, flags);
  properties[PROP_ADDRESSES]
      = g_param_spec_boxed ("addresses", "Addresses", "Where they can be called, each HOST:PORT", G_TYPE_STRV, flags);
  properties[PROP_TRUST] = g_param_spec_enum ("trust", "Trust", "How far their key is trusted to be theirs",
                                              VAV_TYPE_TRUST, VAV_TRUST_UNKNOWN, flags);
  properties[PROP_LAST_SEEN] = g_param_spec_int64 (
      "last-seen", "Last seen", "When the two last talked, in Unix seconds", 0, G_MAXINT64, 0, flags);
  properties[PROP_FAVOURITE]
      = g_param_spec_boolean ("favourite", "Favourite", "Whether they stand first", FALSE, flags);
  properties[PROP_BLOCKED]
      = g_param_spec_boolean ("blocked", "Blocked", "Whether their calls are turned away", FALSE, flags);
  properties[PROP_PICTURE] = g_param_spec_boxed ("picture", "Picture", "A PNG or JPEG file", G_TYPE_BYTES, flags);
  properties[PROP_PRESENT]
      = g_param_spec_boolean ("present", "Present", "Whether they are known to take calls now", FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_person_init (VavPerson *self)
{
  self->addresses = g_new0 (char *, 1);
}

VavPerson *
vav_person_new (VavStore *store, gint64 number)
{
  VavPerson *self = g_object_new (VAV_TYPE_PERSON, NULL);

  self->store = vav_store_ref (store);
  self->number = number;

  return self;
}

static void
notify (VavPerson *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
take_text (VavPerson *self, char **field, sqlite3_stmt *row, int column, int property)
{
  const char *text = (const char *)sqlite3_column_text (row, column);

  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  notify (self, property);
}

static void
take_boolean (VavPerson *self, gboolean *field, sqlite3_stmt *row, int column, int property)
{
  gboolean value = sqlite3_column_int (row, column) != 0;

  if (*field == value)
    return;
  *field = value;
  notify (self, property);
}

static void
take_addresses (VavPerson *self, const char *lines)
{
  g_auto (GStrv) before = self->addresses;

  self->addresses = lines != NULL ? g_strsplit (lines, "\n", -1) : g_new0 (char *, 1);
  if (g_strv_equal ((const char *const *)before, (const char *const *)self->addresses))
    return;
  notify (self, PROP_ADDRESSES);
  if (g_strcmp0 (before[0], self->addresses[0]) != 0)
    notify (self, PROP_ADDRESS);
}

static void
take_key (VavPerson *self, sqlite3_stmt *row, int column)
{
  const void *bytes = sqlite3_column_blob (row, column);
  int length = sqlite3_column_bytes (row, column);

  g_clear_pointer (&self->key, g_bytes_unref);
  if (bytes != NULL && length > 0 && length <= MAX_KEY)
    self->key = g_bytes_new (bytes, (gsize)length);
}

void
vav_person_take_row (VavPerson *self, sqlite3_stmt *row)
{
  VavTrust trust = (VavTrust)CLAMP (sqlite3_column_int (row, 3), VAV_TRUST_UNKNOWN, VAV_TRUST_VERIFIED);
  gint64 last_seen = MAX (sqlite3_column_int64 (row, 4), 0);
  gint64 picture_version = sqlite3_column_int64 (row, 7);

  g_object_freeze_notify (G_OBJECT (self));
  take_text (self, &self->name, row, 1, PROP_NAME);
  take_text (self, &self->id, row, 2, PROP_ID);
  if (self->trust != trust)
    {
      self->trust = trust;
      notify (self, PROP_TRUST);
    }
  if (self->last_seen != last_seen)
    {
      self->last_seen = last_seen;
      notify (self, PROP_LAST_SEEN);
    }
  take_boolean (self, &self->favourite, row, 5, PROP_FAVOURITE);
  take_boolean (self, &self->blocked, row, 6, PROP_BLOCKED);
  if (self->picture_version != picture_version)
    {
      self->picture_version = picture_version;
      self->picture_read = FALSE;
      g_clear_pointer (&self->picture, g_bytes_unref);
      notify (self, PROP_PICTURE);
    }
  take_addresses (self, (const char *)sqlite3_column_text (row, 8));
  take_key (self, row, 9);
  g_object_thaw_notify (G_OBJECT (self));
}

void
vav_person_set_present (VavPerson *self, gboolean present)
{
  if (self->present == present)
    return;
  self->present = present;
  notify (self, PROP_PRESENT);
}

gboolean
vav_person_is_ours (VavPerson *self)
{
  return self->trust >= VAV_TRUST_ACCEPTED && !self->blocked;
}

gboolean
vav_person_has_address (VavPerson *self, const char *address)
{
  return g_strv_contains ((const char *const *)self->addresses, address);
}

/**
 * vav_person_get_number:
 *
 * Returns: among this user's people: 1, 2, 3…
 */
gint64
vav_person_get_number (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), 0);
  return self->number;
}

/**
 * vav_person_get_name:
 *
 * Returns: what this user calls them
 */
const char *
vav_person_get_name (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->name;
}

/**
 * vav_person_get_id:
 *
 * Returns: (nullable): their canonical id; not known before the first call
 */
const char *
vav_person_get_id (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->id;
}

/**
 * vav_person_get_address:
 *
 * Returns: (nullable): the first of the addresses, `HOST:PORT`
 */
const char *
vav_person_get_address (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->addresses[0];
}

/**
 * vav_person_get_addresses:
 *
 * Returns: (transfer none) (array zero-terminated=1): where they can be called, `HOST:PORT`, the best first; until they change
 */
const char *const *
vav_person_get_addresses (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return (const char *const *)self->addresses;
}

/**
 * vav_person_get_trust:
 *
 * Returns: how far their key is trusted to be theirs
 */
VavTrust
vav_person_get_trust (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), VAV_TRUST_UNKNOWN);
  return self->trust;
}

/**
 * vav_person_get_last_seen:
 *
 * Returns: when the two last talked, in Unix seconds; 0: never
 */
gint64
vav_person_get_last_seen (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), 0);
  return self->last_seen;
}

/**
 * vav_person_get_favourite:
 *
 * Returns: whether the person is one of those that stand first
 */
gboolean
vav_person_get_favourite (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), FALSE);
  return self->favourite;
}

/**
 * vav_person_get_blocked:
 *
 * Returns: whether their calls are turned away before anybody hears of them
 */
/**
 * vav_person_get_present:
 *
 * Whether they are connected to the meeting server now and take calls, as they themselves let those know whom they have talked to. Told by
 * the endpoint that has these people, while it is connected to the same server; %FALSE also where that is not known, and for who is blocked.
 *
 * Returns: whether they are known to be there
 */
gboolean
vav_person_get_present (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), FALSE);
  return self->present;
}

gboolean
vav_person_get_blocked (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), FALSE);
  return self->blocked;
}

/**
 * vav_person_get_picture:
 *
 * Returns: (transfer none) (nullable): a PNG or JPEG file, as it was given; until `picture` is notified
 */
GBytes *
vav_person_get_picture (VavPerson *self)
{
  sqlite3_stmt *row;

  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);

  if (self->picture_read)
    return self->picture;

  row = vav_store_prepare (self->store, NULL, "SELECT bytes FROM pictures WHERE person = ?", "l", self->number);
  if (row != NULL && sqlite3_step (row) == SQLITE_ROW && sqlite3_column_bytes (row, 0) > 0)
    self->picture = g_bytes_new (sqlite3_column_blob (row, 0), (gsize)sqlite3_column_bytes (row, 0));
  sqlite3_finalize (row);
  self->picture_read = TRUE;

  return self->picture;
}
