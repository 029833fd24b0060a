/* yaml_words.h - what libyaml says of a text that is not YAML, in Chinese.
 *
 * Layer: sys.
 */
#ifndef SYS_YAML_WORDS_H
#define SYS_YAML_WORDS_H

/* yaml_words_zh - a `problem` or `context` of libyaml in Chinese; one that this table does not know
 * as it is. NULL: "". */
const char *yaml_words_zh(const char *words);

#endif
