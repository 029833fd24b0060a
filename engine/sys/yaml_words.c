/* yaml_words.c - every sentence that libyaml's reader, scanner and parser have. */
#include "engine/sys/yaml_words.h"
#include "engine/base/base.h"

#include <string.h>

static const char *const sentences[][2] = {
    /* the bytes */
    {"control characters are not allowed", "不允许控制字符"},
    {"incomplete UTF-8 octet sequence", "UTF-8 字节序列不完整"},
    {"invalid leading UTF-8 octet", "UTF-8 首字节无效"},
    {"invalid trailing UTF-8 octet", "UTF-8 后续字节无效"},
    {"invalid length of a UTF-8 sequence", "UTF-8 序列长度无效"},
    {"invalid Unicode character", "无效的 Unicode 字符"},
    {"incomplete UTF-16 character", "UTF-16 字符不完整"},
    {"incomplete UTF-16 surrogate pair", "UTF-16 代理对不完整"},
    {"expected low surrogate area", "缺少 UTF-16 低位代理"},
    {"unexpected low surrogate area", "多出 UTF-16 低位代理"},
    {"input error", "读取出错"},
    {"input is too long", "文本过长"},
    /* words and signs */
    {"found character that cannot start any token", "此字符不能作为开头（如 @ 或 `）：请加引号"},
    {"found a tab character that violates indentation", "制表符破坏了缩进：请改用空格"},
    {"found a tab character where an indentation space is expected",
     "此处缩进应为空格，而不是制表符"},
    {"mapping values are not allowed in this context",
     "此处不能出现“键: 值”：检查缩进，含“: ”的文本请加引号"},
    {"mapping keys are not allowed in this context", "此处不能出现键：检查缩进"},
    {"block sequence entries are not allowed in this context", "此处不能出现“- ”开头的列表项"},
    {"could not find expected ':'", "键后缺少冒号“:”"},
    {"found unexpected ':'", "多出冒号“:”：含冒号的文本请加引号"},
    {"found unexpected end of stream", "文件在此提前结束：检查引号和括号是否成对"},
    {"found unexpected document indicator", "引号未闭合就出现了文档分隔符（--- 或 ...）"},
    {"found unknown escape character", "双引号中有未知的转义（\\ 之后的字符）"},
    {"found invalid Unicode character escape code", "转义写出的不是有效的 Unicode 字符"},
    {"did not find expected hexdecimal number", "转义中缺少十六进制数字"},
    {"found an indentation indicator equal to 0", "缩进指示不能为 0"},
    {"did not find expected comment or line break", "此处应为注释或换行"},
    {"did not find expected whitespace", "此处应为空格"},
    {"did not find expected whitespace or line break", "此处应为空格或换行"},
    {"did not find expected alphabetic or numeric character", "此处应为字母或数字"},
    {"found unexpected non-alphabetical character", "此处出现了字母以外的字符"},
    /* structure */
    {"did not find expected key", "此处应为一个键：检查缩进"},
    {"did not find expected '-' indicator", "此处应为“- ”开头的列表项：检查缩进"},
    {"did not find expected ',' or ']'", "此处应为“,”或“]”"},
    {"did not find expected ',' or '}'", "此处应为“,”或“}”"},
    {"did not find expected node content", "此处缺少内容"},
    {"did not find expected <stream-start>", "缺少文本开头"},
    {"did not find expected <document start>", "此处应为文档开头（---）：检查缩进"},
    /* directives, tags, anchors: not used here, and yet they may be written wrongly */
    {"could not find expected directive name", "“%”之后缺少指令名"},
    {"found unknown directive name", "未知的“%”指令"},
    {"did not find expected version number", "缺少版本号"},
    {"did not find expected digit or '.' character", "版本号应为数字或“.”"},
    {"found extremely long version number", "版本号过长"},
    {"found incompatible YAML document", "不支持的 YAML 版本"},
    {"found duplicate %YAML directive", "%YAML 指令重复"},
    {"found duplicate %TAG directive", "%TAG 指令重复"},
    {"found undefined tag handle", "标签前缀没有定义"},
    {"did not find expected '!'", "标签应以“!”开头"},
    {"did not find expected tag URI", "缺少标签名"},
    {"did not find the expected '>'", "标签缺少“>”"},
    {"did not find URI escaped octet", "标签中的 % 转义不完整"},
    {"found an incorrect leading UTF-8 octet", "标签中的 UTF-8 首字节无效"},
    {"found an incorrect trailing UTF-8 octet", "标签中的 UTF-8 后续字节无效"},
    {"found undefined alias", "别名没有定义"},
    {"found duplicate anchor; first occurrence", "锚点重复：首次出现"},
    {"second occurrence", "再次出现"},
    /* what it was at */
    {"while scanning for the next token", "读取下一个词时"},
    {"while scanning a simple key", "读取键时"},
    {"while scanning a directive", "读取“%”指令时"},
    {"while scanning a %YAML directive", "读取 %YAML 指令时"},
    {"while scanning a %TAG directive", "读取 %TAG 指令时"},
    {"while parsing a %TAG directive", "解析 %TAG 指令时"},
    {"while scanning an anchor", "读取锚点时"},
    {"while scanning an alias", "读取别名时"},
    {"while scanning a tag", "读取标签时"},
    {"while parsing a tag", "解析标签时"},
    {"while scanning a block scalar", "读取“|”或“>”文本块时"},
    {"while scanning a quoted scalar", "读取引号中的文本时"},
    {"while parsing a quoted scalar", "解析引号中的文本时"},
    {"while scanning a plain scalar", "读取不带引号的文本时"},
    {"while parsing a node", "解析内容时"},
    {"while parsing a block node", "解析缩进的内容时"},
    {"while parsing a flow node", "解析括号中的内容时"},
    {"while parsing a block collection", "解析“- ”列表时"},
    {"while parsing a block mapping", "解析“键: 值”时"},
    {"while parsing a flow sequence", "解析 [ ] 列表时"},
    {"while parsing a flow mapping", "解析 { } 映射时"},
};

const char *yaml_words_zh(const char *words)
{
    for (size_t i = 0; words != NULL && i < COUNT_OF(sentences); i++)
        if (strcmp(words, sentences[i][0]) == 0)
            return sentences[i][1];
    return words == NULL ? "" : words;
}
