package com.github.shiroedev2024.leaf.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallTest {
  private static Call query(String query) {
    return new Call("", query);
  }

  @Test
  void findsParametersByTheirDecodedName() {
    assertThat(query("a=1&b=2").required("b")).isEqualTo("2");
    assertThat(query("%61=1").required("a")).isEqualTo("1");
    assertThat(query("aa=1&a=2").required("a")).isEqualTo("2");
    assertThat(query("a=b=c").required("a")).isEqualTo("b=c");
    assertThat(query("a").text("a")).isEmpty();
    assertThat(query("&&a=1&").required("a")).isEqualTo("1");
    assertThat(query("%zz=1&a=1").required("a")).isEqualTo("1");
    assertThat(query("b=1").text("a")).isNull();
    assertThat(new Call("", null).text("a")).isNull();
  }

  @Test
  void aPlusSignStays() {
    assertThat(query("a=C++%20x").required("a")).isEqualTo("C++ x");
  }

  @Test
  void badValuesNameTheirParameter() {
    fails(() -> query("").required("tag"), "parameter 'tag' is missing");
    fails(() -> query("tag=").required("tag"), "parameter 'tag' is empty");
    fails(() -> query("tag=1&tag=2").required("tag"), "parameter 'tag' is there more than once");
    fails(() -> query("tag=%").required("tag"), "parameter 'tag' is malformed");
    fails(() -> query("tag=%4").required("tag"), "parameter 'tag' is malformed");
    fails(() -> query("tag=%+1").required("tag"), "parameter 'tag' is malformed");
    fails(() -> query("tag=%C3%28").required("tag"), "parameter 'tag' is not UTF-8");
    fails(() -> query("tag=%ED%A0%80").required("tag"), "parameter 'tag' is not UTF-8");
    for (String number :
        new String[] {"x", "-1", "1.0", "101", "9223372036854775808", "0x1", "٣"}) {
      String encoded = URLEncoder.encode(number, StandardCharsets.UTF_8);
      fails(
          () -> query("n=" + encoded).number("n", 0, 0, 100),
          "parameter 'n' must be a whole number, 0 to 100, not '" + number + "'");
    }
    assertThat(query("n=9223372036854775807").number("n", 0, 0, Long.MAX_VALUE))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(query("").number("n", 7, 0, 100)).isEqualTo(7);
  }

  private static void fails(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ControlException.class,
            e -> assertThat(e.kind()).isEqualTo(ControlException.Kind.BAD_REQUEST))
        .hasMessageStartingWith(message);
  }

  @Test
  void whateverIsEncodedComesBack() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int run = 0; run < 2000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        int point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x250);
        text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? '%' : point);
      }
      String encoded =
          URLEncoder.encode(text.toString(), StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(query("x=1&tag=" + encoded).required("tag"))
          .as("seed %d", seed)
          .isEqualTo(text.toString());
      assertThat(new Call(encoded, null).tag()).as("seed %d", seed).isEqualTo(text.toString());
      String raw =
          new String(text.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
              .replace("%", "%25");
      assertThat(new Call(raw, null).tag()).as("seed %d", seed).isEqualTo(text.toString());
    }
  }
}
