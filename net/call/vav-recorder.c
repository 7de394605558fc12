/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-recorder.h"

#include "net/call/vav-call-private.h"
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-file-private.h"
#include "net/call/vav-history-private.h"

static gboolean
is_recorded (VavEndpoint *endpoint, VavCall *call)
{
  return endpoint->history_kept && !call->remnant && !(call->address != NULL && call->address->self)
         && g_strcmp0 (vav_call_get_target_id (call), vav_endpoint_get_id (endpoint)) != 0;
}

/* Who the other side of a call is: by their key; else, if nobody answered, who was dialled. */
static VavPerson *
find_person (VavEndpoint *endpoint, VavCall *call)
{
  VavPeople *people = vav_endpoint_get_people (endpoint);
  const char *id = vav_call_get_target_id (call);
  VavPerson *person = id != NULL ? vav_people_find_by_id (people, id) : NULL;

  if (person == NULL && call->peer == NULL && call->entry != NULL)
    person = vav_people_find_by_name (people, call->entry);

  return person;
}

static VavHistoryEntry *
make_entry (VavEndpoint *endpoint, VavCall *call, VavHistoryKind kind, gboolean incoming)
{
  VavHistoryEntry *entry = vav_history_entry_new (kind);
  g_autoptr (VavPerson) person = find_person (endpoint, call);

  entry->incoming = incoming;
  entry->id = g_strdup (vav_call_get_target_id (call));
  entry->person = person != NULL ? vav_person_get_number (person) : 0;
  if (person != NULL)
    entry->name = g_strdup (vav_person_get_name (person));
  else if (call->peer != NULL)
    entry->name = g_strdup (vav_peer_get_name (call->peer));
  else if (call->entry != NULL)
    entry->name = vav_address_to_display (call->entry);
  if (call->address != NULL && call->address->host != NULL)
    entry->address = vav_address_join (call->address->host, call->address->port);
  else if (call->address != NULL && call->address->id != NULL)
    entry->address = g_strconcat ("visavis:", call->address->id, NULL);
  else if (call->peer != NULL)
    entry->address = g_strdup (vav_peer_get_callback (call->peer));

  return entry;
}

static void
keep (VavEndpoint *endpoint, VavHistoryEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (!vav_history_keep (endpoint->history, entry, &error))
    g_debug ("not recorded: %s", error->message);
}

/* Nobody here said yes or no: whoever is told later may want to call back. */
static gboolean
was_missed (VavCall *call)
{
  gboolean accepted = call->answered && call->decision == VAV_REASON_NONE;

  return vav_call_is_incoming (call) && !accepted && call->reason != VAV_REASON_DECLINED
         && call->reason != VAV_REASON_REFUSED && call->reason != VAV_REASON_LOCAL;
}

void
vav_recorder_note_call (VavEndpoint *endpoint, VavCall *call)
{
  g_autoptr (VavHistoryEntry) entry = NULL;

  if (!is_recorded (endpoint, call))
    return;

  entry = make_entry (endpoint, call, VAV_HISTORY_CALL, vav_call_is_incoming (call));
  entry->time = call->start_time * 1000;
  if (call->active_us > 0)
    entry->duration
        = MAX ((g_get_monotonic_time () - call->active_us) / G_USEC_PER_SEC, 1); /* 0 is not to have talked */
  entry->reason = call->reason;
  entry->missed = was_missed (call);
  entry->seen = !entry->missed;
  entry->picture = call->active_us > 0
                   && (((call->flows & VAV_FLOW_VIDEO_OUT) != 0) || ((call->peer_sends & VAV_FLOW_VIDEO_IN) != 0));
  keep (endpoint, entry);
}

void
vav_recorder_note_text (VavEndpoint *endpoint, VavCall *call, const char *text, gboolean incoming)
{
  g_autoptr (VavHistoryEntry) entry = NULL;

  if (!is_recorded (endpoint, call))
    return;

  entry = make_entry (endpoint, call, VAV_HISTORY_TEXT, incoming);
  entry->text = g_strdup (text);
  keep (endpoint, entry);
}

void
vav_recorder_note_file (VavEndpoint *endpoint, VavCall *call, VavFile *file)
{
  g_autoptr (VavHistoryEntry) entry = NULL;

  if (file->recorded || !vav_file_is_over (file) || !is_recorded (endpoint, call))
    return;

  file->recorded = TRUE;
  entry = make_entry (endpoint, call, VAV_HISTORY_FILE, vav_file_is_incoming (file));
  entry->text = g_strdup (vav_file_get_name (file));
  entry->path = g_strdup (vav_file_get_path (file));
  entry->size = vav_file_get_size (file);
  entry->state = vav_file_get_state (file);
  keep (endpoint, entry);
}
