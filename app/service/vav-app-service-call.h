/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppServiceCall:
 *
 * One call on the bus: follows its stream as long as the stream has the call's number, then keeps the last that was known. Private to VavAppService.
 */
typedef struct _VavAppServiceCall VavAppServiceCall;

/* The object must go: it is over, and was hung up or has stood long enough. The handler frees it. */
typedef void (*VavAppServiceCallGone) (VavAppServiceCall *self, gpointer user_data);

/* kept: holds the stream, and stays after a failure until it is hung up. */
VavAppServiceCall *vav_app_service_call_new (VavStream *stream, gboolean kept, VavAppServiceCallGone gone,
                                             gpointer user_data);
void vav_app_service_call_free (VavAppServiceCall *self);

guint64 vav_app_service_call_get_value (VavAppServiceCall *self);
GDBusObjectSkeleton *vav_app_service_call_get_object (VavAppServiceCall *self);
gboolean vav_app_service_call_is_over (VavAppServiceCall *self);
gboolean vav_app_service_call_stays (VavAppServiceCall *self); /* it is over, and goes only when it is hung up */

/* `…/calls/VALUE` (transfer full) */
char *vav_app_service_call_dup_path (guint64 value);

/* User data that came over the bus, FALSE if it is too long and the invocation was answered so. data: (out) (nullable) (transfer full) */
gboolean vav_app_service_take_data (GDBusMethodInvocation *invocation, GVariant *bytes, GBytes **data);

/* Answers with org.visavis.Error.NAME after the code of the error, and its sentence. */
void vav_app_service_return_error (GDBusMethodInvocation *invocation, const GError *error);

G_END_DECLS
