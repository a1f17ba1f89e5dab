package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.runtime.config.ConfLexer.Item;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfLexerTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "# all of it|``",
        "  # indented|``",
        "a # b|a",
        "a\t# b|a",
        "a#b|a#b",
        "a # b *.c|a",
        "`x = \"a # b\" # c`|`x = \"a # b\"`",
        "`x = \"a # b`|`x = \"a`",
        "`x = b\"a # b\"`|`x = b\"a`",
        "`x, \"a #, b\" , c # d`|`x, \"a #, b\" , c`",
        "`\"a # b\" = c`|`\"a # b\" = c`",
        "`x = \"a \"\" # b\"`|`x = \"a \"\" # b\"`",
      })
  void cutsComments(String line, String content) {
    assertThat(ConfLexer.content(line)).isEqualTo(content);
  }

  @Test
  void splitsLists() {
    assertThat(ConfLexer.items(" a ,, b=c , \"d,e\" ,k=\"f,=g\", \"h=i\",j==,"))
        .containsExactly(
            new Item(null, "a", "a"),
            new Item("b", "c", "b=c"),
            new Item(null, "d,e", "\"d,e\""),
            new Item("k", "f,=g", "k=\"f,=g\""),
            new Item(null, "h=i", "\"h=i\""),
            new Item("j", "=", "j=="));
  }

  @Test
  void quotesCountOnlyAroundAWholeValue() {
    assertThat(ConfLexer.unquoted("\"a\"")).isEqualTo("a");
    assertThat(ConfLexer.unquoted("\"a\"\"b\"")).isEqualTo("a\"b");
    assertThat(ConfLexer.unquoted("\"\"")).isEmpty();
    assertThat(ConfLexer.unquoted("\"a\"b")).isEqualTo("\"a\"b");
    assertThat(ConfLexer.unquoted("\"a")).isEqualTo("\"a");
    assertThat(ConfLexer.unquoted("a\"")).isEqualTo("a\"");
    assertThat(ConfLexer.unquoted("\"")).isEqualTo("\"");
  }

  @Test
  void splitsAssignmentsAtTheFirstEqualsSign() {
    Item plain = Objects.requireNonNull(ConfLexer.assignment("a = b=c"));
    assertThat(plain.key()).isEqualTo("a");
    assertThat(plain.value()).isEqualTo("b=c");
    Item quoted = Objects.requireNonNull(ConfLexer.assignment("\"a=b\" = c"));
    assertThat(quoted.key()).isEqualTo("a=b");
    assertThat(quoted.value()).isEqualTo("c");
    assertThat(ConfLexer.assignment("nothing")).isNull();
  }
}
