/* screen.c - curses, thin. */
#include "viewer/top/screen.h"
#include "viewer/feed/fit.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static bool is_open;
static bool is_dim;
static int stderr_kept = -1; /* the real one, while the screen is open */
static int stderr_file = -1; /* what stands for it */

/* Curses' macros cast attributes back and forth; the values are known to fit. */
static attr_t inks[INK_COUNT];

/* A terminal whose locale was never set still shows UTF-8 nowadays, and there is no ASCII for a
 * Chinese name: the text goes out as UTF-8, only our own marks stay ASCII. */
static void locale_init(void)
{
    (void)setlocale(LC_ALL, "");
    bool is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    fit_init(is_utf8);
    if (!is_utf8)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static void inks_init(void)
{
    static const attr_t plain[INK_COUNT] = {
        [INK_BOLD] = A_BOLD,
        [INK_FAINT] = A_DIM,
        [INK_BAR] = A_REVERSE,
        [INK_TITLE] = A_BOLD,
        [INK_FOCUS] = A_BOLD | A_UNDERLINE,
        [INK_LOUD] = A_REVERSE | A_BOLD,
        [INK_ALERT] = A_BOLD | A_REVERSE,
        [INK_RED] = A_BOLD,
    };
    memcpy(inks, plain, sizeof inks);
    if (!has_colors() || getenv("NO_COLOR") != NULL)
        return;
    (void)start_color();
    bool has_default = use_default_colors() == OK;
    short ground = has_default ? -1 : COLOR_BLACK;
    (void)init_pair(1, COLOR_CYAN, ground);
    (void)init_pair(2, COLOR_YELLOW, ground);
    (void)init_pair(3, COLOR_RED, ground);
    (void)init_pair(4, COLOR_MAGENTA, ground);
    (void)init_pair(5, COLOR_WHITE, COLOR_RED);
    inks[INK_CALM] = (attr_t)COLOR_PAIR(1);
    inks[INK_YELLOW] = (attr_t)COLOR_PAIR(2);
    inks[INK_RED] = (attr_t)COLOR_PAIR(3) | A_BOLD;
    inks[INK_OTHER] = (attr_t)COLOR_PAIR(4);
    inks[INK_LOUD] = (attr_t)COLOR_PAIR(5) | A_BOLD;
    inks[INK_ALERT] = (attr_t)COLOR_PAIR(3) | A_BOLD;
    inks[INK_FOCUS] = (attr_t)COLOR_PAIR(1) | A_BOLD | A_UNDERLINE;
}

/* What is said on standard error meanwhile would be written across the screen: it is kept aside
 * and said when the screen is gone; so is what a failed assert says. */
static void stderr_hold(void)
{
    FILE *file = tmpfile();
    stderr_kept = file == NULL ? -1 : dup(STDERR_FILENO);
    if (file == NULL || stderr_kept < 0)
        return;
    stderr_file = fileno(file);
    (void)dup2(stderr_file, STDERR_FILENO);
}

/* Also called from a crash: plain system calls only. */
static void stderr_release(void)
{
    if (stderr_file < 0)
        return;
    char bytes[4096];
    (void)dup2(stderr_kept, STDERR_FILENO);
    (void)lseek(stderr_file, 0, SEEK_SET);
    for (;;) {
        ssize_t count = read(stderr_file, bytes, sizeof bytes);
        if (count <= 0 || write(STDERR_FILENO, bytes, (size_t)count) < 0)
            break;
    }
    stderr_file = -1;
}

bool screen_open(void)
{
    locale_init();
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return false;
    if (newterm(NULL, stdout, stdin) == NULL)
        return false;
    is_open = true;
    stderr_hold();
    (void)set_escdelay(50);
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)nodelay(stdscr, TRUE);
    (void)keypad(stdscr, TRUE);
    (void)curs_set(0); /* a terminal that cannot hide it shows it */
    inks_init();
    return true;
}

void screen_close(void)
{
    if (!is_open)
        return;
    is_open = false;
    (void)endwin();
    stderr_release();
}

struct box screen_box(void)
{
    struct box box = {.height = LINES, .width = COLS};
    return box;
}

void screen_begin(bool dim)
{
    is_dim = dim;
    (void)erase();
}

void screen_end(void)
{
    (void)refresh();
}

static void ink_set(enum ink ink, bool is_chosen)
{
    attr_t attributes = inks[ink];
    if (is_dim && ink != INK_LOUD)
        attributes = A_DIM | (attributes & A_REVERSE);
    if (is_chosen)
        attributes |= A_REVERSE;
    (void)attrset((int)attributes);
}

int screen_put(int y, int x, int width, enum ink ink, bool is_chosen, bool is_filled,
               const char *text)
{
    struct box all = screen_box();
    if (y < 0 || y >= all.height || x >= all.width || width <= 0)
        return 0;
    if (x + width > all.width)
        width = all.width - x;
    if (width > 240)
        width = 240;
    char room[FIT_BYTES];
    (void)fit_text(slice_of(text), width, is_filled, room);
    ink_set(ink, is_chosen);
    (void)mvaddstr(y, x, room); /* fails in the last corner of the screen, having drawn it */
    (void)attrset(A_NORMAL);
    return fit_columns(slice_of(room));
}

void screen_rule(struct box box, enum ink ink, const char *title)
{
    ink_set(INK_FAINT, false);
    (void)mvhline(box.y, box.x, fit_is_utf8() ? ACS_HLINE : '-', box.width);
    (void)attrset(A_NORMAL);
    char label[FIT_BYTES];
    if (title[0] == '\0')
        return;
    (void)snprintf(label, sizeof label, " %s ", title);
    (void)screen_put(box.y, box.x + 1, box.width - 2, ink, false, false, label);
}

void screen_wall(struct box box)
{
    ink_set(INK_FAINT, false);
    (void)mvvline(box.y, box.x - 1, fit_is_utf8() ? ACS_VLINE : '|', box.height);
    (void)attrset(A_NORMAL);
}

void screen_frame(struct box box, const char *title)
{
    for (int y = 0; y < box.height; y++) {
        for (int x = 0; x < box.width; x += 200)
            (void)screen_put(box.y + y, box.x + x, box.width - x, INK_PLAIN, false, true, "");
    }
    struct box right = {.y = box.y, .x = box.x + box.width, .height = box.height};
    struct box left = {.y = box.y, .x = box.x + 1, .height = box.height};
    struct box foot = {.y = box.y + box.height - 1, .x = box.x, .height = 1, .width = box.width};
    screen_wall(right);
    screen_wall(left);
    screen_rule(foot, INK_FAINT, "");
    screen_rule(box, INK_FOCUS, title);
    int bottom = foot.y;
    int edge = box.x + box.width - 1;
    bool is_plain = !fit_is_utf8();
    ink_set(INK_FAINT, false);
    (void)mvaddch(box.y, box.x, is_plain ? '+' : ACS_ULCORNER);
    (void)mvaddch(box.y, edge, is_plain ? '+' : ACS_URCORNER);
    (void)mvaddch(bottom, box.x, is_plain ? '+' : ACS_LLCORNER);
    (void)mvaddch(bottom, edge, is_plain ? '+' : ACS_LRCORNER);
    (void)attrset(A_NORMAL);
}

enum ink ink_of(enum tint tint)
{
    switch (tint) {
    case TINT_CALM:
        return INK_CALM;
    case TINT_YELLOW:
        return INK_YELLOW;
    case TINT_RED:
        return INK_RED;
    case TINT_OTHER:
        return INK_OTHER;
    case TINT_NONE:
    case TINT_COUNT:
        break;
    }
    return INK_PLAIN;
}

static enum key key_of_code(wint_t code)
{
    switch (code) {
    case KEY_UP:
        return KEY_IS_UP;
    case KEY_DOWN:
        return KEY_IS_DOWN;
    case KEY_PPAGE:
        return KEY_IS_PAGE_UP;
    case KEY_NPAGE:
        return KEY_IS_PAGE_DOWN;
    case KEY_HOME:
        return KEY_IS_HOME;
    case KEY_END:
        return KEY_IS_END;
    case KEY_BTAB:
        return KEY_IS_BACK_TAB;
    case KEY_ENTER:
        return KEY_IS_ENTER;
    case KEY_BACKSPACE:
        return KEY_IS_ERASE;
    case KEY_RESIZE:
        return KEY_IS_RESIZE;
    default:
        return KEY_IS_OTHER;
    }
}

enum key screen_key(char typed_out[TYPED_BYTES])
{
    wint_t code = 0;
    int kind = get_wch(&code);
    typed_out[0] = '\0';
    if (kind == ERR)
        return KEY_IS_NONE;
    if (kind == KEY_CODE_YES)
        return key_of_code(code);
    switch (code) {
    case L'\t':
        return KEY_IS_TAB;
    case L'\r':
    case L'\n':
        return KEY_IS_ENTER;
    case 0x1b:
        return KEY_IS_ESCAPE;
    case 0x7f:
    case L'\b':
        return KEY_IS_ERASE;
    default:
        break;
    }
    mbstate_t state = {0};
    char bytes[32];
    size_t count = wcrtomb(bytes, (wchar_t)code, &state);
    if (iswcntrl(code) != 0 || count == (size_t)-1 || count >= TYPED_BYTES)
        return KEY_IS_OTHER;
    memcpy(typed_out, bytes, count);
    typed_out[count] = '\0';
    return KEY_IS_TEXT;
}
