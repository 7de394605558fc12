/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "net/call/vav-history-private.h"
#include "net/call/vav-people-private.h"
#include "net/signal/vav-identity.h"

/* Writes people and history into a profile as fast as it can, and says each thing on stdout once it is kept: "id ID", "person NAME", "text TEXT". It is
 * killed in the midst of it. */

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) identity = NULL;
  g_autoptr (VavStore) store = NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavHistory) history = NULL;

  if (argc != 3 || (identity = vav_identity_load (argv[1], &error)) == NULL
      || (store = vav_store_open (argv[1], &error)) == NULL || (people = vav_people_new (store, &error)) == NULL)
    g_error ("%s", error != NULL ? error->message : "scribe PROFILE MARK");
  if (vav_store_get_notice (store) != NULL)
    g_error ("%s", vav_store_get_notice (store));
  history = vav_history_new (store, people);
  setvbuf (stdout, NULL, _IOLBF, 0);
  printf ("id %s\n", vav_identity_get_id (identity));

  for (guint i = 0;; i++)
    {
      g_autoptr (VavHistoryEntry) entry = vav_history_entry_new (VAV_HISTORY_TEXT);

      if (i % 8 == 0)
        {
          g_autofree char *name = g_strdup_printf ("%s-%u", argv[2], i);
          g_autoptr (VavPerson) person = vav_people_add (people, name, "visavis.example", &error);

          if (person == NULL)
            g_error ("%s", error->message);
          printf ("person %s\n", name);
        }
      entry->name = g_strdup ("Somebody");
      entry->text = g_strdup_printf ("%s-%u", argv[2], i);
      if (!vav_history_keep (history, entry, &error))
        g_error ("%s", error->message);
      printf ("text %s\n", entry->text);
    }
}
