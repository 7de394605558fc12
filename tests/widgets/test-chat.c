/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"
#include "widgets/vav-gtk-text-row-private.h"

#define ADD(path, test) g_test_add (path, Room, "none", chat_set_up, test, chat_tear_down)

static VavGtkChat *chat; /* Anna's; beside her view */
static char *folder;

static void
chat_set_up (Room *room, gconstpointer media)
{
  room_set_up (room, media);
  folder = g_dir_make_tmp ("visavis-chat-XXXXXX", NULL);
  chat = VAV_GTK_CHAT (vav_gtk_chat_new ());
  vav_gtk_chat_set_folder (chat, folder);
  vav_gtk_chat_set_stream (chat, room->pair.anna.stream);
  gtk_window_set_child (GTK_WINDOW (room->window), GTK_WIDGET (chat));
  vav_gtk_conversation_of (room->pair.bob.stream);
  begin_call (room);
}

static void
chat_tear_down (Room *room, gconstpointer media)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
  room_tear_down (room, media);
}

static GListModel *
conversation_of (Party *party)
{
  return G_LIST_MODEL (vav_gtk_conversation_of (party->stream));
}

static guint
count (Party *party)
{
  return g_list_model_get_n_items (conversation_of (party));
}

static VavGtkMessage *
last_of (Party *party)
{
  g_autoptr (VavGtkMessage) message = g_list_model_get_item (conversation_of (party), count (party) - 1);

  return message; /* the conversation has it */
}

static gboolean
has_arrived (Party *party)
{
  return vav_gtk_message_get_state (last_of (party)) == VAV_GTK_MESSAGE_ARRIVED;
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0
      && gtk_widget_get_visible (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
press (const char *label)
{
  g_signal_emit_by_name (find_button (GTK_WIDGET (chat), label), "clicked");
}

static void
say (Party *party, const char *text)
{
  g_autoptr (GError) error = NULL;

  vav_gtk_conversation_send_text (VAV_GTK_CONVERSATION (conversation_of (party)), text, &error);
  g_assert_no_error (error);
}

static guint
count_rows (void)
{
  GtkListBox *list = GTK_LIST_BOX (find_type (GTK_WIDGET (chat), GTK_TYPE_LIST_BOX));
  guint n = 0;

  while (gtk_list_box_get_row_at_index (list, (int)n) != NULL)
    n++;
  return n;
}

/* Typed and read. */
static void
test_texts (Room *room, gconstpointer media)
{
  GtkTextView *entry = GTK_TEXT_VIEW (find_type (GTK_WIDGET (chat), GTK_TYPE_TEXT_VIEW));
  GtkWidget *send = NULL;

  g_test_summary (
      "W20: what one types stands in the chat, and in the other's; what the other writes is shown, and read as long as "
      "the chat is on the screen");
  wait_until (gtk_widget_get_sensitive (GTK_WIDGET (entry)));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (entry), "  Hello\nBob  ", -1);
  send = find_button (GTK_WIDGET (chat), NULL); /* the first without a label is for files */
  g_assert_nonnull (send);
  for (GtkWidget *at = gtk_widget_get_parent (send); at != NULL; at = gtk_widget_get_next_sibling (at))
    send = gtk_widget_get_last_child (at);
  g_signal_emit_by_name (send, "clicked");
  g_assert_cmpint (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (entry)), ==, 0);
  wait_until (has_words (GTK_WIDGET (chat), "Hello\nBob"));
  wait_until (count (&room->pair.bob) == 1 && has_arrived (&room->pair.anna));
  g_assert_cmpstr (vav_gtk_message_get_text (last_of (&room->pair.bob)), ==, "Hello\nBob");
  g_assert_cmpuint (vav_gtk_conversation_get_unread (vav_gtk_conversation_of (room->pair.bob.stream)), ==, 1);

  say (&room->pair.bob, "Hello Anna");
  wait_until (has_words (GTK_WIDGET (chat), "Hello Anna"));
  g_assert_cmpuint (vav_gtk_conversation_get_unread (vav_gtk_conversation_of (room->pair.anna.stream)), ==, 0);
}

/* Whatever it is, it is shown as text. */
static void
test_nonsense (Room *room, gconstpointer media)
{
  g_autofree char *lines = g_strnfill (16 * 1024, '\n');
  g_autofree char *word = g_strnfill (16 * 1024, 'W');
  g_autoptr (GString) zalgo = g_string_new ("Z");
  const char *texts[] = { "<b>&amp;</span> %s %n",
                          "\xe2\x80\xae\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d evil\xe2\x81\xa6",
                          "\a\b\x1b[2J\x7f",
                          "https://bank.example@evil.example/ javascript:alert(1) file:///etc/passwd",
                          lines + 1,
                          word,
                          NULL,
                          NULL };
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: markup, marks that turn the direction, control characters, heaps of accents, 16 KiB without a "
                  "gap or of new lines: shown as "
                  "text, shortened; one byte more is not sent, and that is told");
  while (zalgo->len < 4000)
    g_string_append (zalgo, "\xcd\x9b\xcc\xb4");
  texts[6] = zalgo->str;
  lines[1] = 'x';
  for (guint i = 0; texts[i] != NULL; i++)
    say (&room->pair.bob, texts[i]);
  wait_until (count (&room->pair.anna) == 7);
  wait_until (has_words (GTK_WIDGET (chat), "<b>&amp;</span> %s %n"));
  wait_until (has_words (GTK_WIDGET (chat), "javascript:alert(1)"));
  g_assert_false (has_words (GTK_WIDGET (chat), "<a href")); /* somebody who was not known before */
  g_assert_false (has_words (GTK_WIDGET (chat), "\xe2\x80\xae"));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (chat)), <=, 640);
  g_assert_nonnull (find_button (GTK_WIDGET (chat), "Show all of it"));
  press ("Show all of it");

  g_clear_pointer (&word, g_free);
  word = g_strnfill (VAV_MAX_TEXT + 1, 'x');
  g_assert_false (vav_gtk_conversation_send_text (vav_gtk_conversation_of (room->pair.anna.stream), word, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_cmpuint (count (&room->pair.anna), ==, 7);
}

/* Only what is what it says. */
static void
test_links (void)
{
  static const struct
  {
    const char *text;
    const char *markup;
  } cases[] = {
    { "see https://a.example/b?c=1&d=2.",
      "see <a href=\"https://a.example/b?c=1&amp;d=2\">https://a.example/b?c=1&amp;d=2</a>." },
    { "https://bank.example@evil.example", "https://bank.example@evil.example" },
    { "http://a.example xhttps://a.example https://", "http://a.example xhttps://a.example https://" },
    { "<a href=\"https://a.example\">",
      "&lt;a href=&quot;<a href=\"https://a.example\">https://a.example</a>&quot;&gt;" },
    { "https://p\xd0\xb0ypal.example", "https://p\xd0\xb0ypal.example" },
    { "https://a.example/'onclick='x",
      "<a href=\"https://a.example/&apos;onclick=&apos;x\">https://a.example/&apos;onclick=&apos;x</a>" },
  };

  g_test_summary (
      "W20: only https:// links are links; what hides the host, or has letters that look like others, is text");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *markup = vav_gtk_text_row_mark_links (cases[i].text);

      g_assert_cmpstr (markup, ==, cases[i].markup);
      g_assert_true (pango_parse_markup (markup, -1, 0, NULL, NULL, NULL, NULL) || strstr (markup, "<a ") != NULL);
    }
}

/* Many, and quickly. */
static void
test_flood (Room *room, gconstpointer media)
{
  GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW (find_type (GTK_WIDGET (chat), GTK_TYPE_SCROLLED_WINDOW));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  GtkWidget *earlier
      = find_type (gtk_widget_get_parent (find_type (GTK_WIDGET (chat), GTK_TYPE_LIST_BOX)), GTK_TYPE_BUTTON);

  g_test_summary ("W20: a thousand texts at once all come, in order; the chat stays at the newest, lays out few rows, "
                  "and shows earlier ones when asked");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("text %u", i);

      say (&room->pair.bob, text);
      while (i % 50 == 49 && count (&room->pair.anna) < i - 40)
        wait_one_turn ();
    }
  wait_until (count (&room->pair.anna) == 1000);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("text %u", i);
      g_autoptr (VavGtkMessage) message = g_list_model_get_item (conversation_of (&room->pair.anna), i);

      g_assert_cmpstr (vav_gtk_message_get_text (message), ==, text);
    }
  g_assert_cmpuint (count_rows (), ==, 150);
  wait_until (has_words (GTK_WIDGET (chat), "text 999"));
  wait_until (gtk_adjustment_get_upper (adjustment) > 2000
              && gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
                     >= gtk_adjustment_get_upper (adjustment) - 1);
  wait_until (gtk_widget_get_mapped (earlier));
  g_signal_emit_by_name (earlier, "clicked");
  g_assert_cmpuint (count_rows (), ==, 300);

  /* who looks back is left there */
  gtk_adjustment_set_value (adjustment, 0);
  say (&room->pair.bob, "another");
  wait_until (count (&room->pair.anna) == 1001);
  wait_until (has_words (GTK_WIDGET (chat), "another"));
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), <, 100);
}

/* The oldest go. */
static void
test_cap (Room *room, gconstpointer media)
{
  g_test_summary ("W20: a conversation keeps 2,000 rows, whoever writes how much");
  for (guint i = 0; i < VAV_GTK_MAX_CONVERSATION + 100; i++)
    {
      say (&room->pair.bob, "again");
      while (i % 50 == 49 && !has_arrived (&room->pair.bob))
        wait_one_turn ();
    }
  wait_until (has_arrived (&room->pair.bob));
  g_assert_cmpuint (count (&room->pair.anna), ==, VAV_GTK_MAX_CONVERSATION);
  g_assert_cmpuint (count_rows (), ==, 150);
}

static char *
make_file (const char *name, gsize size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = g_malloc0 (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char)g_random_int ();
  g_assert_true (g_file_set_contents (path, bytes, (gssize)size, NULL));
  return path;
}

/* Offered by Bob, decided by Anna's buttons. */
static void
test_files (Room *room, gconstpointer media)
{
  g_autofree char *path = make_file ("a &amp; b.txt", 100000);
  g_autofree char *gone = g_build_filename (folder, "gone.txt", NULL);
  VavGtkConversation *bobs = vav_gtk_conversation_of (room->pair.bob.stream);
  VavFile *file = NULL;

  g_test_summary ("W20: nothing is taken before the person accepts; what is accepted arrives whole, what is refused "
                  "does not; one that cannot be read "
                  "is told in the sender's chat");
  vav_gtk_conversation_send_file (bobs, path, NULL);
  wait_until (count (&room->pair.anna) == 1);
  wait_until (has_words (GTK_WIDGET (chat), "Bob offers you this file."));
  g_assert_true (has_words (GTK_WIDGET (chat), "a &amp; b.txt"));
  press ("Refuse");
  file = vav_gtk_message_get_file (last_of (&room->pair.bob));
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_REFUSED);
  g_assert_true (has_words (GTK_WIDGET (chat), "You refused it."));

  vav_gtk_conversation_send_file (bobs, path, NULL);
  wait_until (count (&room->pair.anna) == 2);
  press ("Accept file");
  file = vav_gtk_message_get_file (last_of (&room->pair.bob));
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_DONE);
  wait_until (has_words (GTK_WIDGET (chat), "Received."));
  g_assert_cmpstr (vav_file_get_sha256 (file), ==,
                   vav_file_get_sha256 (vav_gtk_message_get_file (last_of (&room->pair.anna))));
  g_assert_nonnull (find_button (GTK_WIDGET (chat), "Open folder"));

  vav_gtk_conversation_send_file (vav_gtk_conversation_of (room->pair.anna.stream), gone, NULL);
  wait_until (has_words (GTK_WIDGET (chat), "gone.txt"));
  g_assert_true (has_words (GTK_WIDGET (chat), "Not sent."));
}

/* Through the real clipboard of the display. */
static void
test_paste (Room *room, gconstpointer media)
{
  GtkWidget *entry = find_type (GTK_WIDGET (chat), GTK_TYPE_TEXT_VIEW);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (entry);
  g_autofree char *path = make_file ("pasted.txt", 10);
  g_autoptr (GFile) plain = g_file_new_for_path (path);
  GdkFileList *list = gdk_file_list_new_from_array (&plain, 1);
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (4 * 8 * 8), 4 * 8 * 8);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (8, 8, GDK_MEMORY_R8G8B8A8, pixels, 32);
  g_autofree char *temporary = NULL;
  VavFile *file = NULL;

  g_test_summary ("W20: a file that is pasted is offered; a picture that is pasted goes as a PNG file, which is "
                  "removed when it has been sent");
  wait_until (gtk_widget_get_sensitive (entry));
  gdk_clipboard_set (clipboard, GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  g_signal_emit_by_name (entry, "paste-clipboard");
  wait_until (count (&room->pair.bob) == 1);
  g_assert_cmpstr (vav_file_get_name (vav_gtk_message_get_file (last_of (&room->pair.bob))), ==, "pasted.txt");

  gdk_clipboard_set_texture (clipboard, texture);
  g_signal_emit_by_name (entry, "paste-clipboard");
  wait_until (count (&room->pair.bob) == 2);
  file = vav_gtk_message_get_file (last_of (&room->pair.anna));
  temporary = g_strdup (vav_file_get_path (file));
  g_assert_true (g_str_has_suffix (temporary, ".png"));
  g_assert_true (g_file_test (temporary, G_FILE_TEST_EXISTS));
  g_assert_true (vav_file_accept (vav_gtk_message_get_file (last_of (&room->pair.bob)), folder, NULL));
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_DONE);
  wait_until (!g_file_test (temporary, G_FILE_TEST_EXISTS));
  wait_until (vav_file_is_over (vav_gtk_message_get_file (last_of (&room->pair.bob))));
}

/* What one says into nothing. */
static void
test_after_the_call (Room *room, gconstpointer media)
{
  GtkWidget *entry = find_type (GTK_WIDGET (chat), GTK_TYPE_TEXT_VIEW);

  g_test_summary ("W20: after the call the texts stay, nothing can be typed any more, and what is sent all the same "
                  "stands there as not sent");
  say (&room->pair.bob, "Bye");
  wait_until (count (&room->pair.anna) == 1);
  vav_stream_hang_up (room->pair.bob.stream, NULL);
  wait_for_state (&room->pair.anna, VAV_STATE_ENDED);
  g_assert_false (gtk_widget_get_sensitive (entry));
  g_assert_true (has_words (GTK_WIDGET (chat), "Bye"));
  say (&room->pair.anna, "Wait");
  g_assert_cmpint (vav_gtk_message_get_state (last_of (&room->pair.anna)), ==, VAV_GTK_MESSAGE_FAILED);
  wait_until (has_words (GTK_WIDGET (chat), "Not sent."));
}

/* What Anna has typed for Bob is not one key away from being sent to Carl. */
static void
test_other_person (Room *room, gconstpointer media)
{
  GtkTextView *entry = GTK_TEXT_VIEW (find_type (GTK_WIDGET (chat), GTK_TYPE_TEXT_VIEW));
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (entry);
  Party carl;

  g_test_summary (
      "W20: with another person on the same stream the conversation begins anew, without what was typed for "
      "the one before; with the same person it stays");
  party_init (&carl, "Carl", NULL, "none");
  say (&room->pair.bob, "Hello");
  wait_until (count (&room->pair.anna) == 1);
  gtk_text_buffer_set_text (buffer, "Dear Bob", -1);
  vav_stream_hang_up (room->pair.bob.stream, NULL);
  wait_for_state (&room->pair.anna, VAV_STATE_ENDED);
  wait_for_state (&room->pair.bob, VAV_STATE_ENDED);
  begin_call (room);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, strlen ("Dear Bob"));
  g_assert_cmpuint (count (&room->pair.anna), ==, 1);

  vav_stream_hang_up (room->pair.bob.stream, NULL);
  wait_for_state (&room->pair.anna, VAV_STATE_ENDED);
  room->pair.anna.manner = PARTY_ACCEPTS;
  party_listen (&room->pair.anna, "127.0.0.1:0");
  party_call (&carl, &room->pair.anna);
  wait_for_state (&room->pair.anna, VAV_STATE_ACTIVE);
  wait_until (gtk_widget_get_sensitive (GTK_WIDGET (entry)));
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 0);
  g_assert_cmpuint (count (&room->pair.anna), ==, 0);
  party_clear (&carl);
  wait_for_state (&room->pair.anna, VAV_STATE_ENDED);
}

/* Held longer than its stream: it says so, and what is written into it stands there as not sent. */
static void
test_outlives_stream (void)
{
  Party party;
  g_autoptr (VavGtkConversation) conversation = NULL;
  g_autoptr (VavGtkMessage) message = NULL;

  party_init (&party, "Anna", NULL, "none");
  conversation = g_object_ref (vav_gtk_conversation_of (party.stream));
  g_assert_true (vav_gtk_conversation_get_stream (conversation) == party.stream);
  party_clear (&party);
  g_assert_null (vav_gtk_conversation_get_stream (conversation));
  g_assert_true (vav_gtk_conversation_send_text (conversation, "Hello", NULL));
  message = g_list_model_get_item (G_LIST_MODEL (conversation), 0);
  g_assert_cmpint (vav_gtk_message_get_state (message), ==, VAV_GTK_MESSAGE_FAILED);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/widgets/chat/texts", test_texts);
  ADD ("/widgets/chat/nonsense", test_nonsense);
  g_test_add_func ("/widgets/chat/links", test_links);
  ADD ("/widgets/chat/flood", test_flood);
  ADD ("/widgets/chat/cap", test_cap);
  ADD ("/widgets/chat/files", test_files);
  ADD ("/widgets/chat/paste", test_paste);
  ADD ("/widgets/chat/after-the-call", test_after_the_call);
  ADD ("/widgets/chat/other-person", test_other_person);
  g_test_add_func ("/widgets/chat/outlives-stream", test_outlives_stream);
  return tolerate_exit (g_test_run ());
}
