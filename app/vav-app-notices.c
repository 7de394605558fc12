/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-notices.h"

#include <glib/gi18n.h>

#include "app/vav-app-notify.h"
#include "app/vav-app-words.h"

struct _VavAppNotices
{
  GApplication *application; /* borrowed: owns us */
  VavAppHost *host;          /* owned */
  GArray *told;              /* of guint64: the callers whose notification stands */
};

static gboolean
is_looked_at (VavAppNotices *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self->application));

  return window != NULL && gtk_window_is_active (window);
}

static char *
dup_id (const char *kind, guint64 value)
{
  return g_strdup_printf ("%s-%" G_GUINT64_FORMAT, kind, value);
}

/* GLib gives the body as it is to servers that read markup in it; others would show what is escaped. So what other people write has no markup. */
static void
set_plain_body (GNotification *notification, const char *text)
{
  static const char *const signs[][2] = { { "&", "＆" }, { "<", "‹" }, { ">", "›" } };
  g_autoptr (GString) plain = g_string_new (text);

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    g_string_replace (plain, signs[i][0], signs[i][1], 0);
  g_notification_set_body (notification, plain->str);
}

static void
tell_caller (VavAppNotices *self, VavAppCaller *caller)
{
  VavRequest *request = vav_app_caller_get_request (caller);
  VavPeople *people = vav_endpoint_get_people (vav_app_host_get_endpoint (self->host));
  guint64 value = vav_request_get_value (request);
  g_autofree char *id = dup_id ("call", value);
  g_autofree char *title = vav_app_words_calling (caller);
  g_autofree char *trust = vav_app_words_trust (vav_request_get_peer (request), people);
  g_autofree char *line = vav_app_words_line (caller);
  g_autofree char *body = line != NULL ? g_strconcat (trust, "\n", line, NULL) : g_strdup (trust);
  g_autoptr (GNotification) notification = g_notification_new (title);

  set_plain_body (notification, body);
  g_notification_set_category (notification, "call.incoming");
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_add_button_with_target (notification, _ ("Accept"), "app.accept", "t", value);
  g_notification_add_button_with_target (notification, _ ("Decline"), "app.decline", "t", value);
  vav_app_notify_send (self->application, id, notification);
  g_array_append_val (self->told, value);
}

static void
withdraw_settled (VavAppNotices *self)
{
  for (guint i = self->told->len; i > 0; i--)
    {
      guint64 value = g_array_index (self->told, guint64, i - 1);
      g_autofree char *id = dup_id ("call", value);

      if (vav_app_host_find_caller (self->host, value) != NULL)
        continue;
      vav_app_notify_withdraw (self->application, id);
      g_array_remove_index (self->told, i - 1);
    }
}

static void
on_callers_changed (GListModel *callers, guint position, guint removed, guint added, VavAppNotices *self)
{
  withdraw_settled (self);
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavAppCaller) caller = g_list_model_get_item (callers, i);

      if (!is_looked_at (self) && !vav_app_policy_is_quiet (vav_app_host_get_policy (self->host)))
        tell_caller (self, caller);
    }
}

static void
on_missed (VavAppHost *host, VavAppCaller *caller, VavAppNotices *self)
{
  VavRequest *request = vav_app_caller_get_request (caller);
  VavPeople *people = vav_endpoint_get_people (vav_app_host_get_endpoint (host));
  g_autoptr (VavPerson) person = vav_people_find_by_id (people, vav_peer_get_id (vav_request_get_peer (request)));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M");
  g_autofree char *id = dup_id ("missed", vav_request_get_value (request));
  /* Translators: a person's name, and a time of day as 14:02 */
  g_autofree char *body = g_strdup_printf (_ ("%s called at %s"), vav_app_caller_get_name (caller), time);
  g_autoptr (GNotification) notification = g_notification_new (_ ("Missed call"));

  if (is_looked_at (self) || vav_app_policy_is_quiet (vav_app_host_get_policy (host)))
    return;
  set_plain_body (notification, body);
  g_notification_set_category (notification, "call.unanswered");
  /* whom one does not know has no address that one could call */
  if (person != NULL && vav_person_get_address (person) != NULL)
    g_notification_add_button_with_target (notification, _ ("Call back"), "app.call", "s",
                                           vav_person_get_name (person));
  vav_app_notify_send (self->application, id, notification);
}

VavAppNotices *
vav_app_notices_new (GtkApplication *application, VavAppHost *host)
{
  VavAppNotices *self = g_new0 (VavAppNotices, 1);

  self->application = G_APPLICATION (application);
  self->host = g_object_ref (host);
  self->told = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_signal_connect (vav_app_host_get_callers (host), "items-changed", G_CALLBACK (on_callers_changed), self);
  g_signal_connect (host, "missed", G_CALLBACK (on_missed), self);
  return self;
}

void
vav_app_notices_free (VavAppNotices *self)
{
  for (guint i = 0; i < self->told->len; i++)
    {
      g_autofree char *id = dup_id ("call", g_array_index (self->told, guint64, i));

      g_application_withdraw_notification (self->application, id); /* nobody waits for an answer now */
    }
  g_signal_handlers_disconnect_by_data (vav_app_host_get_callers (self->host), self);
  g_signal_handlers_disconnect_by_data (self->host, self);
  g_array_unref (self->told);
  g_object_unref (self->host);
  g_free (self);
}

void
vav_app_notices_tell_background (GApplication *application)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Visavis goes on running"));

  g_notification_set_body (notification, _ ("So people can call you while its window is closed."));
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_LOW);
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  vav_app_notify_send (application, "background", notification);
}
