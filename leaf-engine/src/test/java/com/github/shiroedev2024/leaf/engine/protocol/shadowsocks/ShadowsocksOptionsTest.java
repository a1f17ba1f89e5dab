package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShadowsocksOptionsTest {
  private static final Source AT = new Source("a.json", 7, "outbounds[0]");

  private final Problems problems = new Problems();

  @Test
  void readsAllKeys() {
    assertThat(
            read(
                Map.of(
                    "address", "ss.example",
                    "port", 8388L,
                    "method", "aes-256-gcm",
                    "password", "secret",
                    "prefix", "%16%03%01%C2%A8")))
        .isEqualTo(
            new ShadowsocksOptions(
                Destination.of("ss.example", 8388),
                ShadowsocksMethod.AES_256_GCM,
                "secret",
                "\u0016\u0003\u0001\u00a8"));
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void defaultsToChacha20WithoutPrefix() {
    ShadowsocksOptions options =
        read(Map.of("address", "10.0.0.1", "port", 8388L, "password", "secret"));
    assertThat(options.method()).isEqualTo(ShadowsocksMethod.CHACHA20_POLY1305);
    assertThat(options.prefix()).isEmpty();
    assertThat(problems.all()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "aes-128-gcm, AES_128_GCM",
    "aes-256-gcm, AES_256_GCM",
    "chacha20-ietf-poly1305, CHACHA20_POLY1305",
    "chacha20-poly1305, CHACHA20_POLY1305"
  })
  void knowsEachMethod(String word, ShadowsocksMethod method) {
    assertThat(with("method", word).method()).isEqualTo(method);
    assertThat(problems.all()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"rc4-md5", "AES-256-GCM", "none", "xchacha20-ietf-poly1305", "''"})
  void refusesOtherMethodsAndNamesItsOwn(String word) {
    with("method", word);
    assertThat(problems.all())
        .singleElement()
        .hasToString(
            "a.json:7 (outbounds[0]): error: outbound 'a': '"
                + word
                + "' is not a supported method; use one of aes-128-gcm, aes-256-gcm,"
                + " chacha20-ietf-poly1305, 2022-blake3-aes-128-gcm, 2022-blake3-aes-256-gcm,"
                + " 2022-blake3-chacha20-poly1305");
  }

  @ParameterizedTest
  @CsvSource({
    "2022-blake3-aes-128-gcm, BLAKE3_AES_128_GCM, AAAAAAAAAAAAAAAAAAAAAA==",
    "2022-blake3-aes-128-gcm, BLAKE3_AES_128_GCM,"
        + " AAAAAAAAAAAAAAAAAAAAAA==:BBBBBBBBBBBBBBBBBBBBBA==",
    "2022-blake3-aes-256-gcm, BLAKE3_AES_256_GCM, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "2022-blake3-chacha20-poly1305, BLAKE3_CHACHA20_POLY1305,"
        + " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
  })
  void takesKeysForTheMethodsOf2022(String word, ShadowsocksMethod method, String password) {
    assertThat(with2022(word, password).method()).isEqualTo(method);
    assertThat(problems.all()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2022-blake3-aes-128-gcm, secret!, 'is something that is not Base64'",
    "2022-blake3-aes-128-gcm, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,"
        + " 'is 32 bytes in Base64, and a key of 2022-blake3-aes-128-gcm has 16; use a key as"
        + " ''openssl rand -base64 16'' makes it'",
    "2022-blake3-aes-256-gcm, AAAAAAAAAAAAAAAAAAAAAA==,"
        + " 'is 16 bytes in Base64, and a key of 2022-blake3-aes-256-gcm has 32'",
    "2022-blake3-aes-128-gcm, AAAAAAAAAAAAAAAAAAAAAA==:AAAA, 'has as key 2 3 bytes'",
    "2022-blake3-aes-128-gcm, AAAAAAAAAAAAAAAAAAAAAA==:, 'has as key 2 0 bytes'",
    "2022-blake3-chacha20-poly1305, a:b, 'has 2 keys, and 2022-blake3-chacha20-poly1305 knows no"
        + " users'"
  })
  void refusesKeysThatDoNotFitAndHidesThem(String word, String password, String why) {
    with2022(word, password);
    assertThat(problems.all())
        .singleElement()
        .asString()
        .contains("the password " + why)
        .doesNotContain(password);
  }

  @ParameterizedTest
  @CsvSource({
    "%1, two hex digits",
    "a%, two hex digits",
    "%zz, two hex digits",
    "%+1, two hex digits",
    "%FF%FE, not valid UTF-8",
    "%C3, not valid UTF-8",
    "0123456789abcdef0123456789abcdef0, 'has 33 bytes'"
  })
  void refusesAPrefixThatCannotBeSent(String prefix, String why) {
    assertThat(with("prefix", prefix).prefix()).isEmpty();
    assertThat(problems.all()).singleElement().asString().contains(why);
    assertThat(problems.hasErrors()).isTrue();
  }

  @Test
  void thePrefixIsMeasuredInBytesAgainstTheMethodsKey() {
    Map<String, Object> raw = settings();
    raw.put("method", "aes-128-gcm");
    raw.put("prefix", "ä".repeat(8));
    read(raw);
    assertThat(problems.all()).isEmpty();
    raw.put("prefix", "ä".repeat(8) + "a");
    read(raw);
    assertThat(problems.all()).singleElement().asString().contains("has 17 bytes");
  }

  @Test
  void tellsAllThatIsMissing() {
    read(Map.of());
    assertThat(problems.all()).hasSize(3);
    assertThat(problems.all().toString())
        .contains("'address' is missing", "'port' is missing", "'password' is missing");
  }

  @Test
  void keepsThePasswordToItself() {
    assertThat(read(settings()).toString()).doesNotContain("secret").contains("aes-256-gcm");
  }

  @Test
  void isRegisteredUnderBothNames() {
    assertThat(Registry.outbound("shadowsocks")).isInstanceOf(ShadowsocksType.class);
    assertThat(Registry.outbound("ss")).isSameAs(Registry.outbound("shadowsocks"));
  }

  private static Map<String, Object> settings() {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("address", "ss.example");
    raw.put("port", 8388L);
    raw.put("password", "secret");
    raw.put("method", "aes-256-gcm");
    return raw;
  }

  private ShadowsocksOptions with2022(String method, String password) {
    Map<String, Object> raw = settings();
    raw.put("method", method);
    raw.put("password", password);
    return read(raw);
  }

  private ShadowsocksOptions with(String key, String value) {
    Map<String, Object> raw = settings();
    raw.put(key, value);
    return read(raw);
  }

  private ShadowsocksOptions read(Map<String, Object> raw) {
    Map<String, Value> values = new LinkedHashMap<>();
    raw.forEach((key, value) -> values.put(key, new Value(value, AT)));
    return ShadowsocksOptions.read(new Settings("outbound 'a'", AT, values, false, problems));
  }
}
