/* Text that crosses to the host, which takes only UTF-8. */
#include "internal.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* The bytes of the character at the start of a text, or 0 if they are not UTF-8. */
static size_t character(const uint8_t *text, size_t length) {
    uint8_t first = text[0];
    if (first < 0x80) return 1;
    size_t size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (size == 0 || size > length) return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    uint8_t second = text[1];
    /* Longer than need be, half of a surrogate pair, beyond U+10FFFF. */
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return size;
}

/* How much of the text is UTF-8. */
static size_t valid(const uint8_t *text, size_t length) {
    size_t at = 0, size;
    while (at < length && (size = character(text + at, length - at)) != 0) at += size;
    return at;
}

bool gantry_is_utf8_(wit_string text) {
    return valid(text.ptr, text.len) == text.len;
}

wit_string gantry_repaired_(wit_string text) {
    const size_t width = sizeof replacement - 1;
    uint8_t *out = gantry_allocate_(text.len * width);
    wit_string repaired = {out, 0};
    for (size_t at = 0; at < text.len;) {
        size_t good = valid(text.ptr + at, text.len - at);
        memcpy(out + repaired.len, text.ptr + at, good);
        repaired.len += good;
        at += good;
        if (at == text.len) break;
        memcpy(out + repaired.len, replacement, width);
        repaired.len += width;
        at++;
    }
    return repaired;
}
