/* screen.h - painting on the terminal: begin, text in boxes, colour with a meaning, end.
 *
 * Layer: viewer/top. The only module that knows curses, besides the reading of keys. Colour is
 * never alone: whatever is coloured also has a shape and a word.
 */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

#include "viewer/feed/card_view.h"

struct box {
    int y;
    int x;
    int height;
    int width;
};

enum ink {
    INK_PLAIN,
    INK_BOLD,
    INK_FAINT,
    INK_BAR,   /* the bars at the top and at the foot */
    INK_TITLE, /* of a pane */
    INK_FOCUS, /* of the pane that has the keys */
    INK_LOUD,  /* blindness */
    INK_ALERT, /* a source that is silent */
    INK_CALM,
    INK_YELLOW,
    INK_RED,
    INK_OTHER,
    INK_COUNT
};

/* screen_open - false: this is no terminal, or an unknown one. */
MUST_USE bool screen_open(void);
/* screen_close - give the terminal back as it was. May be called at any time, also twice. */
void screen_close(void);

struct box screen_box(void);

/* screen_begin, screen_end - around one drawing. is_dim: everything but INK_LOUD is faint, without
 * colour: what is shown is no longer true. */
void screen_begin(bool is_dim);
void screen_end(void);

/* screen_put - text at most `width` columns wide; is_filled: blanks up to there. is_chosen: the
 * line that the keys are on. Returns how many columns were taken. */
int screen_put(int y, int x, int width, enum ink ink, bool is_chosen, bool is_filled,
               const char *text);

/* screen_rule - the head of a pane: its title in a line across the box. */
void screen_rule(struct box box, enum ink ink, const char *title);
/* screen_wall - a vertical line left of the box. */
void screen_wall(struct box box);
/* screen_frame - an empty box with a border, on top of what is there. */
void screen_frame(struct box box, const char *title);

enum ink ink_of(enum tint tint);

/* What was typed. */
enum key {
    KEY_IS_NONE,
    KEY_IS_TEXT, /* a character: see typed_out */
    KEY_IS_UP,
    KEY_IS_DOWN,
    KEY_IS_PAGE_UP,
    KEY_IS_PAGE_DOWN,
    KEY_IS_HOME,
    KEY_IS_END,
    KEY_IS_TAB,
    KEY_IS_BACK_TAB,
    KEY_IS_ENTER,
    KEY_IS_ESCAPE,
    KEY_IS_ERASE,
    KEY_IS_RESIZE,
    KEY_IS_OTHER
};

enum { TYPED_BYTES = 8 };

/* screen_key - the next key, if one was typed. typed_out: for KEY_IS_TEXT, the character as
 * UTF-8. */
enum key screen_key(char typed_out[TYPED_BYTES]);

#endif
