/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VavDeviceKind:
 * @VAV_DEVICE_CAMERA: a source of pictures
 * @VAV_DEVICE_MICROPHONE: a source of sound
 * @VAV_DEVICE_SPEAKER: a sink of sound
 */
typedef enum
{
  VAV_DEVICE_CAMERA,
  VAV_DEVICE_MICROPHONE,
  VAV_DEVICE_SPEAKER,
} VavDeviceKind;

#define VAV_N_DEVICE_KINDS (VAV_DEVICE_SPEAKER + 1)

/* A camera, microphone or speaker, as PipeWire, PulseAudio or V4L2 tell of it. Immutable. */
#define VAV_TYPE_DEVICE (vav_device_get_type ())
G_DECLARE_FINAL_TYPE (VavDevice, vav_device, VAV, DEVICE, GObject)

VavDeviceKind vav_device_get_kind (VavDevice *self);
const char *vav_device_get_name (VavDevice *self);
gboolean vav_device_is_default (VavDevice *self);
const char *vav_device_kind_to_nick (VavDeviceKind kind);

/* Lists the devices, each once (a device that several daemons offer counts once), defaults first. Asking takes up to some hundred
 * milliseconds, on a thread; none at all is a normal answer. Result: (element-type VavDevice) (transfer full). */
void vav_devices_list_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *vav_devices_list_finish (GAsyncResult *result, GError **error);

G_END_DECLS
