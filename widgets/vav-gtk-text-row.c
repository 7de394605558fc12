/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-text-row-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a person reads at a glance; the rest of a longer text comes with a button. It also bounds what a hostile text costs to lay out. */
#define SHORT_CHARS 1500
#define SHORT_LINES 30
#define SPOKEN_CHARS 300

struct _VavGtkTextRow
{
  GtkListBoxRow parent_instance;

  VavGtkMessage *message; /* owned */
  GtkLabel *text;
  GtkLabel *when;
  GtkWidget *more; /* nullable */
};

G_DEFINE_FINAL_TYPE (VavGtkTextRow, vav_gtk_text_row, GTK_TYPE_LIST_BOX_ROW)

/* Bytes of the text that are shown at first. */
static gsize
measure_short (const char *text)
{
  const char *at = text;
  int lines = 1;

  for (int i = 0; i < SHORT_CHARS && *at != '\0'; i++, at = g_utf8_next_char (at))
    if (*at == '\n' && ++lines > SHORT_LINES)
      break;
  return (gsize)(at - text);
}

/* A name before an @ passes for the host: "https://bank.example@elsewhere". */
static gboolean
is_plain_link (const char *link)
{
  const char *host = link + strlen ("https://");

  return g_ascii_isalnum (*host) && memchr (host, '@', strcspn (host, "/?#")) == NULL;
}

char *
vav_gtk_text_row_mark_links (const char *text)
{
  static GRegex *pattern = NULL; /* ASCII alone: letters that look like others make no link */
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) markup = g_string_new (NULL);
  int done = 0;

  if (pattern == NULL)
    pattern = g_regex_new (
        "(?<![A-Za-z0-9])https://[A-Za-z0-9\\-._~:/?#\\[\\]@!$&'()*+,;=%]*[A-Za-z0-9/#=_\\-](?![^\\x00-\\x7f])",
        G_REGEX_OPTIMIZE, 0, NULL);
  for (g_regex_match (pattern, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *link = g_match_info_fetch (match, 0);
      g_autofree char *escaped = g_markup_escape_text (link, -1);
      g_autofree char *before = NULL;
      int start, end;

      g_match_info_fetch_pos (match, 0, &start, &end);
      before = g_markup_escape_text (text + done, start - done);
      g_string_append (markup, before);
      if (is_plain_link (link))
        g_string_append_printf (markup, "<a href=\"%s\">%s</a>", escaped, escaped);
      else
        g_string_append (markup, escaped);
      done = end;
    }
  {
    g_autofree char *rest = g_markup_escape_text (text + done, -1);

    g_string_append (markup, rest);
  }
  return g_string_free (g_steal_pointer (&markup), FALSE);
}

static void
show_text (VavGtkTextRow *self, gsize length)
{
  g_autofree char *shown = g_strndup (vav_gtk_message_get_text (self->message), length);
  g_autofree char *markup = NULL;

  if (!vav_gtk_message_is_trusted (self->message))
    {
      gtk_label_set_text (self->text, shown);
      return;
    }
  markup = vav_gtk_text_row_mark_links (shown);
  gtk_label_set_markup (self->text, markup);
}

static void
on_more (VavGtkTextRow *self)
{
  show_text (self, strlen (vav_gtk_message_get_text (self->message)));
  gtk_widget_set_visible (self->more, FALSE);
}

static void
update_state (VavGtkTextRow *self)
{
  g_autofree char *time = g_date_time_format (vav_gtk_message_get_time (self->message), "%R");
  g_autofree char *words = NULL;
  VavGtkMessageState state = vav_gtk_message_get_state (self->message);
  const char *trouble = vav_gtk_message_get_trouble (self->message);

  if (state == VAV_GTK_MESSAGE_FAILED)
    words = g_strconcat (time, " · ", _ ("Not sent."), trouble != NULL ? " " : NULL, trouble, NULL);
  else if (state == VAV_GTK_MESSAGE_UNSURE)
    words = g_strconcat (time, " · ", _ ("It may not have arrived."), NULL);
  else if (state == VAV_GTK_MESSAGE_SENT)
    words = g_strconcat (time, " …", NULL);
  gtk_label_set_text (self->when, words != NULL ? words : time);
  if (state == VAV_GTK_MESSAGE_FAILED || state == VAV_GTK_MESSAGE_UNSURE)
    gtk_widget_add_css_class (GTK_WIDGET (self->when), "trouble");
}

static void
vav_gtk_text_row_dispose (GObject *object)
{
  g_clear_object (&VAV_GTK_TEXT_ROW (object)->message);
  G_OBJECT_CLASS (vav_gtk_text_row_parent_class)->dispose (object);
}

static void
vav_gtk_text_row_class_init (VavGtkTextRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_gtk_text_row_dispose;
}

static void
vav_gtk_text_row_init (VavGtkTextRow *self)
{
  GtkWidget *bubble = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->text = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->text, TRUE);
  gtk_label_set_wrap_mode (self->text, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (self->text, 34);
  gtk_label_set_xalign (self->text, 0);
  gtk_label_set_selectable (self->text, TRUE);
  self->when = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->when, TRUE);
  gtk_label_set_max_width_chars (self->when, 34);
  gtk_widget_add_css_class (GTK_WIDGET (self->when), "when");
  gtk_box_append (GTK_BOX (bubble), GTK_WIDGET (self->text));
  gtk_box_append (GTK_BOX (bubble), GTK_WIDGET (self->when));
  gtk_widget_add_css_class (bubble, "bubble");
  gtk_widget_set_overflow (bubble, GTK_OVERFLOW_HIDDEN); /* heaps of accents stay inside */
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), bubble);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE); /* its text can be */
}

/* What a screen reader says of the row. */
static void
name_row (VavGtkTextRow *self, const char *name)
{
  const char *text = vav_gtk_message_get_text (self->message);
  g_autofree char *begin = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), SPOKEN_CHARS));
  g_autofree char *sentence = NULL;

  if (vav_gtk_message_is_incoming (self->message))
    sentence = g_strdup_printf (_ ("%s writes: %s"), name, begin);
  else
    sentence = g_strdup_printf (_ ("You write: %s"), begin);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static void
add_more (VavGtkTextRow *self)
{
  GtkWidget *bubble = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self));

  self->more = gtk_button_new_with_label (_ ("Show all of it"));
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (on_more), self);
  gtk_box_insert_child_after (GTK_BOX (bubble), self->more, GTK_WIDGET (self->text));
}

GtkWidget *
vav_gtk_text_row_new (VavGtkMessage *message, const char *name)
{
  VavGtkTextRow *self = g_object_new (VAV_GTK_TYPE_TEXT_ROW, NULL);
  GtkWidget *bubble = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self));
  const char *text = vav_gtk_message_get_text (message);
  gboolean incoming = vav_gtk_message_is_incoming (message);
  gsize length = measure_short (text);

  self->message = g_object_ref (message);
  gtk_widget_add_css_class (bubble, incoming ? "theirs" : "own");
  gtk_widget_set_halign (bubble, incoming ? GTK_ALIGN_START : GTK_ALIGN_END);
  gtk_label_set_xalign (self->when, incoming ? 0 : 1);
  if (text[length] != '\0')
    add_more (self);
  show_text (self, length);
  name_row (self, name);
  update_state (self);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
