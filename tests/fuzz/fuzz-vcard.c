/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/call/vav-vcard.h"
#include "net/core/vav-address.h"
#include "net/core/vav-id.h"

/* A file of people that somebody sent. What is taken from it is within its caps, and the same after it was written and read again. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length);

static void
check_fault (VavVcard *card)
{
  if (card->fault_line < 1 || !g_utf8_validate (card->fault, -1, NULL))
    g_error ("A fault without a line, or no text: %u", card->fault_line);
}

static void
check_again (VavVcard *card, const char *text)
{
  g_autoptr (GPtrArray) cards = vav_vcard_read (text, strlen (text), NULL);
  VavVcard *again = cards != NULL && cards->len == 1 ? cards->pdata[0] : NULL;

  if (again == NULL || again->fault != NULL || strcmp (again->name, card->name) != 0
      || g_strcmp0 (again->id, card->id) != 0 || again->addresses->len != card->addresses->len)
    g_error ("Not the same again: %s", text);
  for (guint i = 0; i < card->addresses->len; i++)
    if (strcmp (again->addresses->pdata[i], card->addresses->pdata[i]) != 0)
      g_error ("Not the same place again: %s", text);
}

static void
check_good (VavVcard *card)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new ();
  g_autofree char *text = NULL;

  if (card->name == NULL || strlen (card->name) > VAV_MAX_NAME || !g_utf8_validate (card->name, -1, NULL)
      || card->addresses->len > VAV_VCARD_MAX_ADDRESSES || (card->id == NULL && card->addresses->len == 0)
      || (card->id != NULL && strlen (card->id) != VAV_ID_LENGTH))
    g_error ("A card beyond its caps passed");
  for (guint i = 0; i < card->addresses->len; i++)
    g_ptr_array_add (places, card->addresses->pdata[i]);
  g_ptr_array_add (places, NULL);
  text = vav_vcard_write (card->name, card->id, (const char *const *)places->pdata);
  check_again (card, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length)
{
  g_autofree char *room = g_memdup2 (bytes, length); /* of just its size */
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cards = vav_vcard_read (room, length, &error);
  guint line = 0;

  if ((cards == NULL) != (error != NULL))
    g_error ("Neither cards nor a reason");
  for (guint i = 0; cards != NULL && i < cards->len; i++)
    {
      VavVcard *card = cards->pdata[i];

      if (card->line <= line)
        g_error ("Cards out of their order");
      line = card->line;
      if (card->fault != NULL)
        check_fault (card);
      else if (card->called)
        check_good (card);
    }
  return 0;
}
